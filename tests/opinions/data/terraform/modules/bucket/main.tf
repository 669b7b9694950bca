variable "name" {}
variable "blocked" {}

resource "aws_s3_bucket" "this" {
  #checkov:skip=CKV_AWS_21:versions are kept elsewhere
  bucket = var.name
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = aws_s3_bucket.this.id
  block_public_acls       = var.blocked
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
