"""Google's predefined roles that read the objects of a bucket, as of 2026-08-22.

https://cloud.google.com/iam/docs/roles-permissions/storage
"""

from __future__ import annotations

_NAMES = (
    "aiedgeportal.serviceAgent", "aiplatform.agentSandboxServiceAgent", "aiplatform.batchPredictionServiceAgent",
    "aiplatform.customCodeServiceAgent", "aiplatform.extensionCustomCodeServiceAgent", "aiplatform.extensionServiceAgent",
    "aiplatform.modelMonitoringServiceAgent", "aiplatform.ragServiceAgent", "aiplatform.reasoningEngineServiceAgent",
    "aiplatform.serviceAgent", "aiplatform.tuningServiceAgent", "appengineflex.serviceAgent", "apphub.appManagementViewer",
    "artifactregistry.containerRegistryMigrationAdmin", "automl.serviceAgent", "automlrecommendations.serviceAgent",
    "backupdr.cloudStorageOperator", "bigquerymigration.worker", "ces.serviceAgent", "chronicle.serviceAgent",
    "cloudasset.serviceAgent", "cloudbuild.builds.builder", "cloudbuild.serviceAgent", "cloudconfig.serviceAgent",
    "clouddeploy.jobRunner", "clouddeploy.serviceAgent", "clouddeploymentmanager.serviceAgent", "cloudfunctions.serviceAgent",
    "cloudhub.operator", "cloudmigration.storageaccess", "cloudoptimization.serviceAgent", "cloudtestservice.testAdmin",
    "cloudtestservice.testViewer", "cloudtranslate.serviceAgent", "compliancescanning.serviceAgent",
    "composer.environmentAndStorageObjectAdmin", "composer.environmentAndStorageObjectUser",
    "composer.environmentAndStorageObjectViewer", "composer.serviceAgent", "composer.worker", "compute.serviceAgent", "config.agent",
    "contactcenterinsights.serviceAgent", "container.nodeServiceAccount", "container.nodeServiceAgent",
    "containeranalysis.ServiceAgent", "containerregistry.ServiceAgent", "containerscanning.ServiceAgent",
    "contentwarehouse.serviceAgent", "dataflow.admin", "dataflow.serviceAgent", "dataflow.worker", "datafusion.serviceAgent",
    "datalabeling.serviceAgent", "datamigration.serviceAgent", "datapipelines.serviceAgent", "dataplex.discoveryServiceAgent",
    "dataplex.serviceAgent", "dataplex.storageDataOwner", "dataplex.storageDataReader", "dataprep.serviceAgent", "dataproc.hubAgent",
    "dataproc.serviceAgent", "dataproc.worker", "datastream.serviceAgent", "datastudio.managedStorageServiceAgent",
    "designcenter.admin", "designcenter.editor", "designcenter.serviceAgent", "designcenter.user", "designcenter.viewer",
    "dialogflow.serviceAgent", "discoveryengine.serviceAgent", "dlp.orgdriver", "dlp.projectdriver", "dlp.serviceAgent",
    "documentaicore.serviceAgent", "edgecontainer.clusterServiceAgent", "enterpriseknowledgegraph.serviceAgent", "firebase.admin",
    "firebase.developAdmin", "firebase.developViewer", "firebase.editor", "firebase.sdkAdminServiceAgent", "firebase.viewer",
    "firebaseapphosting.computeRunner", "firebaserules.system", "firebasestorage.serviceAgent", "firebasetelemetry.serviceAgent",
    "firestore.serviceAgent", "geminicloudassist.admin", "geminicloudassist.editor", "geminicloudassist.user",
    "geminicloudassist.viewer", "generativelanguage.serviceAgent", "hypercomputecluster.serviceAgent", "iam.dataScientist",
    "iam.databasesAdmin", "iam.devOps", "iam.infrastructureAdmin", "iam.mlEngineer", "iam.supportUser", "integrations.serviceAgent",
    "issuerswitch.serviceAgent", "livestream.serviceAgent", "managedflink.serviceAgent", "managedidentities.domaincontrollerOperator",
    "mediaasset.serviceAgent", "metastore.serviceAgent", "migrationcenter.serviceAgent", "ml.serviceAgent",
    "ondemandscanning.serviceAgent", "retail.serviceAgent", "routeoptimization.serviceAgent", "run.builder", "run.serviceAgent",
    "run.sourceDeveloper", "run.sourceViewer", "runapps.serviceAgent", "saasservicemgmt.serviceAgent", "serverless.serviceAgent",
    "spanner.serviceAgent", "speech.serviceAgent", "storage.admin", "storage.annotationGeneratorService",
    "storage.expressModeServiceOutput", "storage.expressModeUserAccess", "storage.folderAdmin", "storage.legacyObjectOwner",
    "storage.legacyObjectReader", "storage.objectAdmin", "storage.objectUser", "storage.objectViewer", "stream.serviceAgent",
    "transcoder.serviceAgent", "vectorsearch.serviceAgent", "visionai.serviceAgent", "visualinspection.serviceAgent",
)  # fmt: skip
READS_OBJECTS = frozenset(f"roles/{name}" for name in _NAMES)
"""Those that hold storage.objects.get, beside the basic ones."""
