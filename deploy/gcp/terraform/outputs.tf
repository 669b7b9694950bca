output "service_account" {
  description = "For --impersonate-service-account, or for the job that audits."
  value       = google_service_account.audit.email
}
