# The role in one account that Assay reads it with. For every account of an organisation see ../stackset.yaml, or call this module with a
# provider for each.

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = [var.auditor_arn]
    }
    condition {
      test     = "StringEquals"
      variable = "sts:ExternalId"
      values   = [var.external_id]
    }
  }
}

resource "aws_iam_role" "audit" {
  name               = var.role_name
  description        = "Assay reads the configuration of this account with it, and no data"
  assume_role_policy = data.aws_iam_policy_document.trust.json
  tags               = var.tags
}

resource "aws_iam_role_policy" "audit" {
  name   = "audit"
  role   = aws_iam_role.audit.id
  policy = file("${path.module}/policy.json") # what assay audit aws --print-policy prints
}
