"""Writes a Terraform tree of a given number of resources, for measuring: realistic blocks, references, variables, policies."""

from __future__ import annotations

from pathlib import Path

PER_FILE = 20
GROUP = """
resource "aws_kms_key" "k{n}" {{
  description         = "key {n} for ${{var.environment}}"
  enable_key_rotation = true
}}

resource "aws_s3_bucket" "b{n}" {{
  bucket = "bucket-{n}-${{var.environment}}"
  tags = {{
    Name        = "b{n}"
    environment = var.environment
  }}
}}

resource "aws_s3_bucket_versioning" "b{n}" {{
  bucket = aws_s3_bucket.b{n}.id
  versioning_configuration {{
    status = "Enabled"
  }}
}}

resource "aws_s3_bucket_server_side_encryption_configuration" "b{n}" {{
  bucket = aws_s3_bucket.b{n}.id
  rule {{
    apply_server_side_encryption_by_default {{
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.k{n}.arn
    }}
  }}
}}

resource "aws_iam_role" "r{n}" {{
  name = "role-{n}"
  assume_role_policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{ Effect = "Allow", Action = "sts:AssumeRole", Principal = {{ Service = "ecs-tasks.amazonaws.com" }} }}]
  }})
}}

resource "aws_security_group" "s{n}" {{
  name = "sg-{n}"
  ingress {{
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/8"]
  }}
}}
"""


def generate(folder: Path, resources: int) -> Path:
    """A tree of `resources` resource blocks (a multiple of six) in files of 120."""
    folder.mkdir(parents=True)
    (folder / "variables.tf").write_text('variable "environment" {\n  default = "dev"\n}\n')
    groups = range(resources // 6)
    for first in range(0, len(groups), PER_FILE):
        (folder / f"part{first}.tf").write_text("".join(GROUP.format(n=n) for n in groups[first : first + PER_FILE]))
    return folder
