variable "organization" {
  description = "The number of the organisation that is audited."
  type        = string
}

variable "project" {
  description = "The project that the audit runs in."
  type        = string
}

variable "region" {
  description = "Where the job runs."
  type        = string
}

variable "image" {
  description = "The image of Assay, by its digest."
  type        = string
  validation {
    condition     = can(regex("@sha256:[0-9a-f]{64}$", var.image))
    error_message = "Name the image by its digest."
  }
}

variable "key" {
  description = "The key of Cloud KMS that the job is encrypted with."
  type        = string
}

variable "subnetwork" {
  description = "The subnetwork that the job stands in, with Private Google Access."
  type        = string
}

variable "schedule" {
  description = "When it runs, as cron writes it."
  type        = string
  default     = "0 2 * * *"
}

variable "time_zone" {
  description = "Of the schedule."
  type        = string
  default     = "Etc/UTC"
}
