variable "organization" {
  description = "The number of the organisation that is audited."
  type        = string
}

variable "project" {
  description = "The project of the service account, whose quota the audit uses."
  type        = string
}

variable "account_id" {
  description = "The name of the service account."
  type        = string
  default     = "assay-audit"
}

variable "role_id" {
  description = "The name of the custom role."
  type        = string
  default     = "assayAudit"
}
