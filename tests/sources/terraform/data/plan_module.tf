terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
variable "key_arn" {}
resource "aws_sns_topic" "alarms" {
  name              = "alarms"
  kms_master_key_id = var.key_arn
}
output "topic_arn" {
  value = aws_sns_topic.alarms.arn
}
