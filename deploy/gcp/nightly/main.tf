# An audit of the organisation each night: Cloud Scheduler starts a job of Cloud Run, as the service account of ../terraform.

module "audit" {
  source = "../terraform"

  organization = var.organization
  project      = var.project
}

resource "google_cloud_run_v2_job" "nightly" {
  name                = "assay-nightly"
  project             = var.project
  location            = var.region
  deletion_protection = true

  binary_authorization {
    use_default = true
  }

  template {
    template {
      service_account = module.audit.service_account
      timeout         = "14400s"
      max_retries     = 1
      encryption_key  = var.key

      vpc_access {
        egress = "ALL_TRAFFIC"
        network_interfaces {
          subnetwork = var.subnetwork
        }
      }

      containers {
        image = var.image
        args  = ["audit", "gcp", "--organization", var.organization, "--quota-project", var.project, "-r", "jsonl"]
        resources {
          limits = {
            cpu    = "2"
            memory = "8Gi"
          }
        }
      }
    }
  }
}

resource "google_service_account" "starts" {
  project      = var.project
  account_id   = "assay-nightly-starts"
  display_name = "Cloud Scheduler starts the nightly audit with it"
}

resource "google_cloud_run_v2_job_iam_member" "starts" {
  project  = var.project
  location = var.region
  name     = google_cloud_run_v2_job.nightly.name
  role     = "roles/run.invoker"
  member   = google_service_account.starts.member
}

resource "google_cloud_scheduler_job" "nightly" {
  name             = "assay-nightly"
  project          = var.project
  region           = var.region
  schedule         = var.schedule
  time_zone        = var.time_zone
  attempt_deadline = "180s"

  retry_config {
    retry_count = 3
  }

  http_target {
    http_method = "POST"
    uri         = "https://run.googleapis.com/v2/${google_cloud_run_v2_job.nightly.id}:run"
    oauth_token {
      service_account_email = google_service_account.starts.email
    }
  }
}
