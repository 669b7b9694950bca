terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
provider "aws" {
  region                      = var.region
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}
provider "aws" {
  alias                       = "west"
  region                      = "us-west-2"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}
variable "region" {
  default = "us-east-1"
}
variable "password" {
  sensitive = true
  default   = "hunter2-secret"
}
variable "ports" {
  default = [443, 80]
}
resource "aws_kms_key" "main" {
  enable_key_rotation = true
}
resource "aws_s3_bucket" "logs" {
  for_each      = toset(["a", "b"])
  bucket_prefix = each.key
}
resource "aws_s3_bucket_server_side_encryption_configuration" "logs" {
  for_each = aws_s3_bucket.logs
  bucket   = each.value.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.main.arn
    }
  }
}
resource "aws_s3_bucket" "west" {
  provider = aws.west
  bucket   = "west-logs"
}
data "aws_iam_policy_document" "bucket" {
  statement {
    sid       = "Read"
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.west.arn}/*"]
    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
  }
}
resource "aws_s3_bucket_policy" "west" {
  bucket = aws_s3_bucket.west.id
  policy = data.aws_iam_policy_document.bucket.json
}
resource "aws_db_instance" "db" {
  allocated_storage   = 10
  engine              = "postgres"
  instance_class      = "db.t3.micro"
  username            = "root"
  password            = var.password
  skip_final_snapshot = true
  storage_encrypted   = true
}
resource "aws_security_group" "web" {
  name = "web"
  dynamic "ingress" {
    for_each = var.ports
    content {
      from_port       = ingress.value
      to_port         = ingress.value
      protocol        = "tcp"
      cidr_blocks     = ["0.0.0.0/0"]
      security_groups = ingress.value == 80 ? [aws_security_group.other.id] : null
    }
  }
}
resource "aws_security_group" "other" {
  name = "other"
}
module "data" {
  source  = "./data"
  key_arn = aws_kms_key.main.arn
}
resource "aws_sns_topic_subscription" "alarm" {
  topic_arn = module.data.topic_arn
  protocol  = "email"
  endpoint  = "a@example.com"
}
