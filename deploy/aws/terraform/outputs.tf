output "role_arn" {
  description = "For --role-arn, where one account is audited."
  value       = aws_iam_role.audit.arn
}
