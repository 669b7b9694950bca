resource "aws_kms_key" "data" {
  enable_key_rotation = false
}

resource "aws_s3_bucket" "shard" {
  count  = 2
  bucket = "shard-${count.index}"
}

resource "aws_s3_bucket_versioning" "shard" {
  count  = 2
  bucket = aws_s3_bucket.shard[count.index].id
  versioning_configuration {
    status = "Enabled"
  }
}

module "exports" {
  source   = "./modules/bucket"
  for_each = toset(["eu", "us"])
  name     = each.key
  blocked  = each.key == "eu"
}

variable "public" {}

resource "aws_s3_bucket" "open" {
  bucket = "open"
}

resource "aws_s3_bucket_public_access_block" "open" {
  bucket                  = aws_s3_bucket.open.id
  block_public_acls       = !var.public
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
