"""Where resources of AWS that have nothing else to judge take passwords, tokens and private keys: type, what it is called by, paths.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/appflow_connector_profile, and the page of each beside it;
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-appflow-connectorprofile.html, likewise
"""

from __future__ import annotations

Places = dict[str, tuple[str, tuple[str, ...]]]

_CHANNELS = ("apns", "apns_sandbox", "apns_voip", "apns_voip_sandbox")
_PROFILE = "connector_profile_config.connector_profile_credentials"
_OF_PROFILES = (
    "amplitude.api_key", "amplitude.secret_key", "custom_connector.api_key.api_key", "custom_connector.api_key.api_secret_key",
    "custom_connector.basic.password", "custom_connector.oauth2.access_token", "custom_connector.oauth2.client_secret",
    "custom_connector.oauth2.refresh_token", "datadog.api_key", "datadog.application_key", "dynatrace.api_token",
    "google_analytics.access_token", "google_analytics.client_secret", "google_analytics.refresh_token", "honeycode.access_token",
    "honeycode.refresh_token", "infor_nexus.secret_access_key", "marketo.access_token", "marketo.client_secret", "redshift.password",
    "salesforce.access_token", "salesforce.refresh_token", "sapo_data.basic_auth_credentials.password",
    "sapo_data.oauth_credentials.access_token", "sapo_data.oauth_credentials.client_secret", "sapo_data.oauth_credentials.refresh_token",
    "service_now.password", "singular.api_key", "slack.access_token", "slack.client_secret", "snowflake.password",
    "trendmicro.api_secret_key", "veeva.password", "zendesk.access_token", "zendesk.client_secret",
)  # fmt: skip

TERRAFORM: Places = {
    "aws_api_gateway_domain_name": ("domain_name", ("certificate_private_key",)),
    "aws_appfabric_app_authorization": ("app", ("credential.api_key_credential.api_key", "credential.oauth2_credential.client_secret")),
    "aws_appflow_connector_profile": ("name", tuple(f"{_PROFILE}.{path}" for path in _OF_PROFILES)),
    "aws_appstream_directory_config": ("directory_name", ("service_account_credentials.account_password",)),
    "aws_cognito_user": ("username", ("password", "temporary_password")),
    "aws_connect_user": ("name", ("password",)),
    "aws_datasync_location_fsx_ontap_file_system": ("", ("protocol.smb.password",)),
    "aws_datasync_location_fsx_windows_file_system": ("", ("password",)),
    "aws_directory_service_radius_settings": ("", ("shared_secret",)),
    "aws_directory_service_trust": ("remote_domain_name", ("trust_password",)),
    "aws_emr_cluster": (
        "name",
        tuple(f"kerberos_attributes.{of}_password" for of in ("kdc_admin", "ad_domain_join", "cross_realm_trust_principal")),
    ),
    "aws_kms_custom_key_store": ("custom_key_store_name", ("key_store_password",)),
    "aws_kms_external_key": ("description", ("key_material_base64",)),
    "aws_kms_replica_external_key": ("description", ("key_material_base64",)),
    **{f"aws_pinpoint_{of}_channel": ("", ("private_key", "token_key")) for of in _CHANNELS},
    "aws_pinpoint_adm_channel": ("", ("client_secret",)),
    "aws_pinpoint_baidu_channel": ("", ("secret_key",)),
    "aws_pinpoint_gcm_channel": ("", ("api_key", "service_json")),
    "aws_redshift_hsm_configuration": ("hsm_configuration_identifier", ("hsm_partition_password",)),
    "aws_sagemaker_workforce": ("workforce_name", ("oidc_config.client_secret",)),
    "aws_securitylake_subscriber_notification": (
        "",
        ("configuration.https_notification_configuration.authorization_api_key_value",),
    ),
    "aws_sesv2_email_identity": ("email_identity", ("dkim_signing_attributes.domain_signing_private_key",)),
    "aws_storagegateway_file_system_association": ("", ("password",)),
    "aws_transfer_certificate": ("description", ("private_key",)),
    "aws_transfer_server": ("", ("host_key",)),
    "aws_verifiedaccess_trust_provider": (
        "policy_reference_name",
        ("oidc_options.client_secret", "native_application_oidc_options.client_secret"),
    ),
}

_TEMPLATE_PROFILE = "ConnectorProfileConfig.ConnectorProfileCredentials"
_OF_TEMPLATE_PROFILES = (
    "Amplitude.ApiKey", "Amplitude.SecretKey", "CustomConnector.ApiKey.ApiKey", "CustomConnector.ApiKey.ApiSecretKey",
    "CustomConnector.Basic.Password", "CustomConnector.Oauth2.AccessToken", "CustomConnector.Oauth2.ClientSecret",
    "CustomConnector.Oauth2.RefreshToken", "Datadog.ApiKey", "Datadog.ApplicationKey", "Dynatrace.ApiToken", "GoogleAnalytics.AccessToken",
    "GoogleAnalytics.ClientSecret", "GoogleAnalytics.RefreshToken", "InforNexus.SecretAccessKey", "Marketo.AccessToken",
    "Marketo.ClientSecret", "Pardot.AccessToken", "Pardot.RefreshToken", "Redshift.Password", "SAPOData.BasicAuthCredentials.Password",
    "SAPOData.OAuthCredentials.AccessToken", "SAPOData.OAuthCredentials.ClientSecret", "SAPOData.OAuthCredentials.RefreshToken",
    "Salesforce.AccessToken", "Salesforce.JwtToken", "Salesforce.RefreshToken", "ServiceNow.OAuth2Credentials.AccessToken",
    "ServiceNow.OAuth2Credentials.ClientSecret", "ServiceNow.OAuth2Credentials.RefreshToken", "ServiceNow.Password", "Singular.ApiKey",
    "Slack.AccessToken", "Slack.ClientSecret", "Snowflake.Password", "Trendmicro.ApiSecretKey", "Veeva.Password", "Zendesk.AccessToken",
    "Zendesk.ClientSecret",
)  # fmt: skip

CLOUDFORMATION: Places = {
    "AWS::AppFabric::AppAuthorization": ("App", ("Credential.ApiKeyCredential.ApiKey", "Credential.Oauth2Credential.ClientSecret")),
    "AWS::AppFlow::ConnectorProfile": ("ConnectorProfileName", tuple(f"{_TEMPLATE_PROFILE}.{path}" for path in _OF_TEMPLATE_PROFILES)),
    "AWS::AppStream::DirectoryConfig": ("DirectoryName", ("ServiceAccountCredentials.AccountPassword",)),
    "AWS::BackupGateway::Hypervisor": ("Name", ("Password",)),
    "AWS::Connect::User": ("Username", ("Password",)),
    "AWS::DataSync::LocationFSxONTAP": ("", ("Protocol.SMB.Password",)),
    "AWS::DataSync::LocationFSxWindows": ("", ("Password",)),
    "AWS::DirectoryService::SimpleAD": ("Name", ("Password",)),
    "AWS::EC2::VerifiedAccessTrustProvider": (
        "PolicyReferenceName",
        ("OidcOptions.ClientSecret", "NativeApplicationOidcOptions.ClientSecret"),
    ),
    "AWS::EMR::Cluster": (
        "Name",
        tuple(f"KerberosAttributes.{of}Password" for of in ("KdcAdmin", "ADDomainJoin", "CrossRealmTrustPrincipal")),
    ),
    "AWS::ManagedBlockchain::Member": (
        "MemberConfiguration.Name",
        ("MemberConfiguration.MemberFrameworkConfiguration.MemberFabricConfiguration.AdminPassword",),
    ),
    **{f"AWS::Pinpoint::APNS{of}Channel": ("", ("PrivateKey", "TokenKey")) for of in ("", "Sandbox", "Voip", "VoipSandbox")},
    "AWS::Pinpoint::ADMChannel": ("", ("ClientSecret",)),
    "AWS::Pinpoint::BaiduChannel": ("", ("SecretKey",)),
    "AWS::Pinpoint::GCMChannel": ("", ("ApiKey", "ServiceJson")),
    "AWS::SES::EmailIdentity": ("EmailIdentity", ("DkimSigningAttributes.DomainSigningPrivateKey",)),
    "AWS::SES::MailManagerIngressPoint": ("IngressPointName", ("IngressPointConfiguration.SmtpPassword",)),
    "AWS::SageMaker::Workforce": ("WorkforceName", ("OidcConfig.ClientSecret",)),
    "AWS::Timestream::InfluxDBCluster": ("Name", ("Password",)),
    "AWS::Transfer::Certificate": ("Description", ("PrivateKey",)),
}
