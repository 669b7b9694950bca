# A custom role at the organisation with what Assay asks for, and the service account that audits with it.

locals {
  role = jsondecode(file("${path.module}/role.json")) # what assay audit gcp --organization … --print-roles prints
}

resource "google_service_account" "audit" {
  project      = var.project
  account_id   = var.account_id
  display_name = "Assay audits the organisation with it"
}

resource "google_organization_iam_custom_role" "audit" {
  org_id      = var.organization
  role_id     = var.role_id
  title       = local.role.title
  description = "Reads the asset inventory; changes nothing and reads no data"
  permissions = local.role.includedPermissions
}

resource "google_organization_iam_member" "audit" {
  org_id = var.organization
  role   = google_organization_iam_custom_role.audit.id
  member = google_service_account.audit.member
}
