variable "auditor_arn" {
  description = "Who may enter: the role that runs the audit."
  type        = string
  validation {
    condition     = can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/", var.auditor_arn))
    error_message = "Name a role by its ARN."
  }
}

variable "external_id" {
  description = "What the audit is given by --external-id."
  type        = string
  validation {
    condition     = length(var.external_id) >= 16
    error_message = "Take at least 16 characters that nobody guesses."
  }
}

variable "role_name" {
  description = "What the audit is given by --role-name."
  type        = string
  default     = "assay-audit"
}

variable "tags" {
  description = "Tags of the role."
  type        = map(string)
  default     = {}
}
