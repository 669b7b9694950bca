"""Which fields of a provider's answers may stand in a file, and which keep the names in them alone. redaction.py goes by these."""

from __future__ import annotations

import functools

from assay.scanner import lazy_re


def _words(text: str) -> list[str]:
    return text.split()


_IDENTIFIERS = "by which resources are told apart and joined"
_WORDS = "one of a few words that the API documents"
READABLE_ENDS: dict[str, str] = {
    **dict.fromkeys(("Arn", "ARN", "Arns", "Id", "ID", "Ids", "IDs", "Name", "Names", "name", "Number", "Email", "email"), _IDENTIFIERS),
    "Identifier": _IDENTIFIERS,
    **dict.fromkeys(("Type", "Types", "Mode", "State", "Status", "Class", "Protocol", "Algorithm", "Algorithms", "Version"), _WORDS),
    **dict.fromkeys(("Region", "Regions", "Zone", "Zones", "Location", "Locations"), "where it is"),
    **dict.fromkeys(("Time", "Date", "Timestamp", "Duration", "Period", "Ttl"), "when it was made and changed, and how long it lasts"),
}
"""Ends of the names of fields whose text may stand, with the reason."""
READABLE: dict[str, str] = {
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Dimension.html
    "Dimensions.Value": _IDENTIFIERS,
    # https://firebase.google.com/docs/reference/rules/rest/v1/Source
    "files.content": "security rules of Firebase, which clients are judged by",
    # https://cloud.google.com/binary-authorization/docs/reference/rest/v1/Policy
    **dict.fromkeys(_words("requireAttestationsBy namePattern"), "whose images run, and which without being asked"),
    "imageTagMutabilityExclusionFilters.filter": "which tags can be moved",
    # https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImageScanFindings.html
    **dict.fromkeys(_words("imageId.imageDigest imageId.imageTag"), "which image runs"),
    "imageScanFindings.imageScanCompletedAt": "when it was looked through",
    "binaryAuthorization.breakglassJustification": "that a check was passed by",
    "binaryAuthorization.policy": _IDENTIFIERS,
    "metadata.services": "which service the rules are of",
    # https://cloud.google.com/compute/docs/reference/rest/v1/instanceTemplates
    "disks.source": _IDENTIFIERS,
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    # https://cloud.google.com/apis/design/resource_names
    **dict.fromkeys(
        _words(
            """Bucket OfBucket Path id uid Alias Principal Owner SecurityGroups Subnets selfLink name parent project projects regions
            region location zone network subnetwork target topic subscription resource bucket urlMap service backendService
            defaultService backends group instance instances certificateMap sslPolicy sslCertificates securityPolicy edgeSecurityPolicy
            attachmentTarget serviceAccount serviceAccounts deadLetterTopic pubsubTopic trigger logBucket ancestors networks
            activeKeyVersion image machineType zones locations targetResources targetServiceAccounts sourceServiceAccounts store pool
            keyRing cryptoKey subnets securityGroups SubnetIdentifier connector vpcConnector router subnetworks Role natIps
            authorizedNetwork ViewerCertificate.Certificate latestReadyRevision OriginAccessIdentity InUseBy issuanceConfig
            ReadReplicaDBInstanceIdentifiers ReadReplicaDBClusterIdentifiers ReadReplicaIdentifiers"""
        ),
        _IDENTIFIERS,
    ),
    **dict.fromkeys(
        _words(
            """dynamodb.table.value dynamodb.regional_table.value ecs.cluster.value ecs.service.value ecs.task_definition.value
            eks.cluster.value eks.node_group.value eks.node_group.Cluster guardduty.detector.value services.taskDefinition
            OfFunction capacityProvider CapacityProvider TableNames AssociatedSubnets vpcEndpointIds OwningService"""
        ),
        _IDENTIFIERS,
    ),
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Output.html, .../API_Parameter.html
    **dict.fromkeys(_words("OutputKey ParameterKey"), "what a value is called"),
    # https://cloud.google.com/iam/docs/reference/rest/v2/policies#denyrule
    **dict.fromkeys(_words("deniedPrincipals exceptionPrincipals"), _IDENTIFIERS),
    **dict.fromkeys(_words("deniedPermissions exceptionPermissions"), _WORDS),
    # https://docs.aws.amazon.com/kms/latest/APIReference/API_GrantListEntry.html
    **dict.fromkeys(_words("GranteePrincipal GranteeServicePrincipal"), _IDENTIFIERS),
    "kms.grant.Operations": _WORDS,
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
    **dict.fromkeys(_words("iam.credential_report.user iam.credential_report.arn"), _IDENTIFIERS),
    **dict.fromkeys(
        (f"iam.credential_report.access_key_{number}_last_{what}" for number in (1, 2) for what in ("rotated", "used_date")),
        "when a key was made and used",
    ),
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_CompositeAlarm.html
    "AlarmRule": "which alarms a composite alarm is made of",
    # https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.alertPolicies
    "notificationChannels": _IDENTIFIERS,
    **dict.fromkeys(
        _words(
            """conditionThreshold.filter conditionAbsent.filter conditionMonitoringQueryLanguage.query
            conditionPrometheusQueryLanguage.query"""
        ),
        "which metric an alert policy watches",
    ),
    **dict.fromkeys(_words("StateValue TreatMissingData combiner MultiRegionConsistency"), _WORDS),
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricAlarm.html
    **dict.fromkeys(_words("cloudwatch.alarm.Statistic cloudwatch.alarm.ExtendedStatistic MetricStat.Stat"), _WORDS),
    # https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_CanaryScheduleOutput.html
    "Schedule.Expression": "when a canary runs",
    # https://cloud.google.com/intrusion-detection-system/docs/reference/rest/v1/projects.locations.endpoints
    **dict.fromkeys(_words("endpointForwardingRule collectorIlb.url"), "which mirroring is for which endpoint"),
    **dict.fromkeys(_words("enable severity"), _WORDS),
    # https://cloud.google.com/spanner/docs/reference/rest/v1/projects.instances
    "data.config": "where the databases of an instance are",
    **dict.fromkeys(_words("settings.edition settings.tier"), _WORDS),
    "secrets.valueFrom": "the name of a secret, or of a parameter",
    "secretEnvironmentVariables.key": "the name of a variable",
    "secretKeyRef.secret": "the name of a secret",
    "secretKeyRef.key": "the version of a secret",
    "secretKeyRef.version": "the version of a secret",
    "KeyMetadata.Description": "the name that people give a key",
    "cloudfront.distribution.Comment": "the name that people give a distribution",
    "ec2.network_interface.Description": "by which interfaces of load balancers are known",
    "containerDefinitions.user": "the user that a container runs as",
    "containerProperties.user": "the user that a container runs as",
    "runtimePlatform.operatingSystemFamily": _WORDS,
    **dict.fromkeys(_words("logConfiguration.logDriver settings.value monitoringService componentConfig.enableComponents"), _WORDS),
    **dict.fromkeys(_words("dockerVolumeConfiguration.scope host.sourcePath FileSystemConfigs.LocalMountPath"), "what is mounted where"),
    "items.key": "which metadata an instance has; a value stays where it is a flag",
    # Words: enumerations of the REST references and of botocore's models
    **dict.fromkeys(
        _words(
            """Action Origin Scheme Permission KeyManager KeySpec KeyUsage CustomerMasterKeySpec MFADelete AddressFamily Field Position
            Forward MatchScope UsageOfAction InspectionLevel Sensitivity SensitivityLevel SensitivityToBlock SSLSupportMethod
            CertificateSource HttpVersion OnUnauthenticatedRequest FallbackBehavior OversizeHandling ComparisonOperator
            PositionalConstraint ObjectOwnership LocationConstraint CountryCodes Code OriginProtocolPolicy ViewerProtocolPolicy
            IncludedMethods apiKeySource types action direction kind algorithm purpose protectionLevel lifecycleState state status type
            mode format loadBalancingScheme protocol ipProtocol IPProtocol ingress ingressSettings launchStage publicAccessPrevention
            rpo storageClass balancingMode cacheMode networkTier natIP networkIP stackType routingMode exceedAction conformAction
            enforceOnKey versionedExpr redirectResponseCode layer4Configs srcRegionCodes srcNetworkScope srcNetworkContext
            ruleVisibility jsonParsing logLevel quicOverride proxyHeader profile minTlsVersion sessionAffinity appEngineIntegrationMode
            databaseEdition pointInTimeRecoveryEnablement networkFirewallPolicyEnforcementOrder policyEnforcementOrder logType
            environment runtime stage generation apiVersion version retryPolicy entryPoint eventType aggregationInterval PriceClass
            logConfig.metadata scopes allValues validity defaultUriDisabled invokerIamDisabled preview direction Unit InterfaceType
            VendorName Identifier usage access assignPublicIp AssignPublicIp egress vpcConnectorEgressSettings ipv6AccessType
            sourceSubnetworkIpRangesToNat sourceIpRangesToNat natIpAllocateOption OriginSslProtocols.Items SslProtocols customFeatures
            enabledFeatures PolicyAttributeDescriptions.AttributeValue Failover SigningBehavior FrameOption
            SecurityHeadersConfig.ReferrerPolicy ReferrerPolicy.ReferrerPolicy MfaConfiguration DeletionProtection
            RedirectConfig.StatusCode FixedResponseConfig.StatusCode elbv2.rule.Priority NetworkOrigin RouteSelectionExpression
            UserPoolClient.SupportedIdentityProviders Engine visibility RenewalEligibility ValidationMethod LastProcessingResult
            schedulingStrategy ServiceNamespace imageTagMutability scanFrequency enablementConfig enablementState evaluationMode
            enforcementMode globalPolicyEvaluationMode untrustedArtifactOnDeployment UntrustedArtifactOnDeployment platformId"""
        ),
        _WORDS,
    ),
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html: flags, numbers, names
    **dict.fromkeys(_words("Attributes.Key Attributes.Value"), "how a load balancer is configured, in text"),
    **dict.fromkeys(_words("LogDestinationConfigs SslPolicy SetIdentifier networkUrl healthCheck healthChecks"), _IDENTIFIERS),
    # https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetEventSelectors.html: types, names and ARNs
    **dict.fromkeys(
        _words(
            """DataResources.Values FieldSelectors.Equals FieldSelectors.StartsWith FieldSelectors.EndsWith FieldSelectors.NotEquals
            FieldSelectors.NotStartsWith FieldSelectors.NotEndsWith"""
        ),
        "which events of which objects a trail records",
    ),
    # https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Rule.html
    "EventPattern": "which events a rule is for",
    # https://cloud.google.com/security-command-center/docs/reference/rest/v1/organizations.notificationConfigs
    "streamingConfig.filter": "which findings a notification is for",
    # https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigurationRecorder.html
    **dict.fromkeys(_words("recordingStrategy.useOnly ConfigurationRecorders.servicePrincipal"), "what a recorder is for"),
    # https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_EventSelector.html, .../API_GetTrailStatus.html: a code of S3
    **dict.fromkeys(_words("ExcludeManagementEventSources LatestDeliveryError"), "what a trail leaves out, and that it cannot deliver"),
    # What is open to whom
    **dict.fromkeys(
        _words(
            """Cidr CidrIp CidrIpv6 CidrBlock Ipv6CidrBlock ClientCidrBlock DestinationCidr RuleAction StatefulDefaultActions
            StatelessDefaultActions StatelessFragmentDefaultActions RuleOrder RulesSourceList.Targets IPSetDefinition
            PrivateIpAddress PublicIp PublicIpv4 IpAddress Ipv6Address IPAddress IPPrefix Addresses sourceRanges
            IPv4Range destinationRanges srcIpRanges destIpRanges srcFqdns destFqdns srcAddressGroups destAddressGroups
            srcThreatIntelligences publicAccessCidrs cidrBlock
            sourceTags targetTags ipCidrRange ports portRange portName portRanges sourceIpRanges IpProtocol Port hosts paths prefixMatch
            fullPathMatch pathMatcher PathPattern DomainName DNSName Host Aliases.Items AllowedMethods.Items CachedMethods.Items
            PathPatternConfig.Values HostHeaderConfig.Values HttpRequestMethodConfig.Values SourceIpConfig.Values Conditions.Values
            Region Destination ipAddress IPAddresses ResponseCode DestinationCidrBlock DestinationIpv6CidrBlock networkInterfaces.tags
            mirroredResources.tags data.items
            apigatewayv2.route.RouteKey apigatewayv2.api.ApiEndpoint lambda.url.FunctionUrl rrdatas ResourceRecords.Value externalEndpoints
            internalLoadBalancers.port externalIpv6 externalIpv6Prefix internalIpv6Prefix authorizedNetworks.value
            authorizedExternalNetworks.cidrRange IndexDocument.Suffix"""
        ),
        "addresses, ports, hosts and paths: what is reached by whom",
    ),
    # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_SubscriptionFilter.html
    # https://cloud.google.com/logging/docs/reference/v2/rest/v2/projects.sinks
    **dict.fromkeys(
        _words("data.destination data.filter exclusions.filter filterPattern selectionCriteria"),
        "which log entries are sent on, and from which log groups",
    ),
    # Access
    **dict.fromkeys(
        _words(
            """AuthorizedArns BackupSelection.Resources BackupSelection.NotResources ListOfTags.ConditionKey ListOfTags.ConditionValue
            DBSnapshotAttributes.AttributeValues DBClusterSnapshotAttributes.AttributeValues specialGroup iamMember
            includedPermissions members role entity email domain projectTeam.team predefinedAcl
            predefinedDefaultObjectAcl URI ID allowedAudiences issuerUri attributeCondition allowedValues deniedValues constraint
            expression accessLevels accessLevel identityType restrictedServices allowedServices serviceName status.resources spec.resources
            ingressTo.resources egressTo.resources audience oauth2ClientId jwksUri idpEntityId awsAccountId JwtValidationConfig.Issuer
            JwtValidationConfig.JwksEndpoint AuthenticateOidcConfig.Issuer AuthenticateCognitoConfig.UserPoolDomain"""
        ),
        "who may do what, and under which condition",
    ),
    # Encryption, rotation, copies, retention
    # https://cloud.google.com/compute/docs/reference/rest/v1/disks: of a key that a customer keeps, the API tells the digest alone
    **dict.fromkeys(
        _words("diskEncryptionKey.sha256 snapshotEncryptionKey.sha256 imageEncryptionKey.sha256"), "that a customer keeps the key"
    ),
    **dict.fromkeys(
        _words(
            """SSEAlgorithm KmsKeyId KMSMasterKeyID defaultKmsKeyName kmsKeyName kmsKey KmsKey encryptionKey customerManagedKey
            bootDiskKmsKey gcpKmsEncryptionKey keyReference
            run.googleapis.com/encryption-key ScheduleExpression PrimaryRegion
            Duration rotationPeriod nextRotationTime destroyScheduledDuration dataLocations allowedPersistenceRegions retentionPeriod
            retentionDurationSeconds versionRetentionPeriod messageRetentionDuration versionDestroyTtl ttl AutomaticallyAfterDays
            customerManagedEncryption updated timeCreated discoveryDocumentUri discoveryName resourceUrl SqsManagedSseEnabled
            KmsKeyIdentifier Filter.Prefix And.Prefix Rules.Prefix matchesPrefix matchesSuffix createdBefore
            TransitionDefaultMinimumObjectSize"""
        ),
        "how it is encrypted, rotated, copied and kept",
    ),
    # Where messages go. What a URL carries beside its host and path is left out.
    **dict.fromkeys(_words("pushEndpoint uri url eventFilters.attribute eventFilters.value eventFilters.operator"), "where messages go"),
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html: names of queues, and counts
    **dict.fromkeys(_words("RedrivePolicy RedriveAllowPolicy"), "where messages go that could not be delivered"),
    # https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ResponseHeadersPolicyContentSecurityPolicy.html
    # https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ResponseHeadersPolicyCustomHeader.html
    # https://cloud.google.com/compute/docs/reference/rest/v1/urlMaps (headerAction), .../backendServices (customResponseHeaders)
    **dict.fromkeys(
        _words(
            """ContentSecurityPolicy.ContentSecurityPolicy Items.Header Items.Value customResponseHeaders responseHeadersToAdd.headerValue
            responseHeadersToRemove"""
        ),
        "what every visitor of the site is told",
    ),
    # https://docs.aws.amazon.com/autoscaling/application/APIReference/API_TargetTrackingMetricDataQuery.html,
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricAlarm.html
    **dict.fromkeys(
        _words("CustomizedMetricSpecification.Namespace Metric.Namespace cloudwatch.alarm.Namespace AlarmActions Metrics.Expression"),
        "which metric is followed, and what an alarm calls",
    ),
    # https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_LambdaConfigType.html
    **dict.fromkeys(_words("LambdaConfig.PreSignUp LambdaConfig.PreAuthentication"), _IDENTIFIERS),
    # https://docs.aws.amazon.com/acm/latest/APIReference/API_CertificateDetail.html
    "NotAfter": "when a certificate expires",
    # Of what was asked, which is no answer
    **dict.fromkeys(_words("managed_by ManagedBy operation"), "who manages it"),
}
"""Names of fields (`parent.name` for one in a certain field) whose text may stand, with the reason."""
POLICIES = frozenset(
    _words(
        """Policy AccessPolicies PolicyDocument policyDocument AssumeRolePolicyDocument Document ResourcePolicy policyText
        iamPolicy iam_policy orgPolicy org_policy accessPolicy access_policy accessLevel access_level servicePerimeter service_perimeter"""
    )
)
"""Policies stand whole, as they are what is judged, as data or as JSON text: not the values of some conditions (redaction_policies.py)."""
CHOSEN = frozenset(
    ("Tags", "TagList", "TagSet", "tags", "labels", "annotations", "attributeMapping", "userLabels", "effectiveLabels", "resourceLabels")
)
"""Maps and lists of pairs whose names users choose. They say whose and what a resource is; a value that looks like a secret is left out."""
SECRETS = frozenset(
    _words(
        """environment variables environmentvariables runtimeenvironmentvariables buildenvironmentvariables environment_variables
        build_environment_variables env substitutions
        stagevariables stagevariableoverrides userdata user_data startupscript secretstring secretbinary password masteruserpassword
        masterpassword authtoken privatekey private_key clientsecret client_secret oauth2clientsecret oauth2clientsecretsha256
        sharedsecret accesskey secretkey customheaders customrequestheaders httpheaderconfig authenticationrequestextraparams
        inserthandling insertheaders command args arguments entrypointcommand containeroverrides secretenvironmentvariables
        runtimeenvironmentvariables runtimeenvironmentsecrets parametervalue rawkey rsaencryptedkey externalid apikey api_key token secret
        credentials credential"""
    )
)
"""Fields of which nothing stands but the names in them, whatever their type. In lower case.

https://docs.aws.amazon.com/lambda/latest/api/API_Environment.html
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
https://docs.aws.amazon.com/apprunner/latest/api/API_ImageConfiguration.html
https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginCustomHeader.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_HttpHeaderConditionConfig.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_AuthenticateOidcActionConfig.html
https://cloud.google.com/run/docs/reference/rest/v2/Container
https://cloud.google.com/compute/docs/reference/rest/v1/instances (metadata, disks.diskEncryptionKey)
"""
COMMANDS = dict.fromkeys(("steps.args", "steps.script", "steps.entrypoint"), "what a pipeline scans, pushes and deploys, in which order")
"""Command lines that stand, word by word, but for words that may hold a secret.

https://cloud.google.com/build/docs/api/reference/rest/v1/projects.builds#buildstep
"""
SCRIPTS = frozenset(_words("userdata user_data startupscript"))
"""Those of them that are scripts."""
ARGUMENTS = frozenset(_words("command args arguments"))
"""Those of them that are arguments of a command."""
SETTINGS = SCRIPTS | ARGUMENTS
SETTINGS |= frozenset(
    _words(
        """environment variables environmentvariables runtimeenvironmentvariables buildenvironmentvariables environment_variables
        build_environment_variables env substitutions"""
    )
)
"""Those of them of which it is told which secrets they hold. Of any other nothing is."""
PAIRS = {
    "cloudformation.stack.Outputs": ("OutputKey", ("OutputValue",)),
    "cloudformation.stack.Parameters": ("ParameterKey", ("ParameterValue", "ResolvedValue")),
}
"""Lists of pairs, with the field of the name and those of values, of which it is told which secrets they hold.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Stack.html
"""
# https://cloud.google.com/run/docs/configuring/vpc-direct-vpc: names of networks, as JSON
LISTS = frozenset({"run.googleapis.com/network-interfaces"})
NAMES_IN_SECRETS = frozenset({"name", "key", "headername", "httpheadername"})
# https://docs.aws.amazon.com/codebuild/latest/APIReference/API_EnvironmentVariable.html
KEPT_IN = frozenset({"PLAINTEXT", "PARAMETER_STORE", "SECRETS_MANAGER"})
REFERENCES = frozenset({"valueFrom", "valueSource", "ValueFrom"})
_SNAKE = lazy_re.pattern(r"_([a-z])")


@functools.lru_cache(8192)
def readable(parent: str, name: str) -> str:
    """Why the text of a field may stand; empty where it may not. Exports to Cloud Storage spell names with underscores."""
    if f"{parent}.{name}" in COMMANDS:
        return COMMANDS[f"{parent}.{name}"]
    if name.lower() in SECRETS and name not in READABLE:
        return ""
    spelled = name if name in READABLE else _SNAKE.sub(lambda match: match[1].upper(), name)
    for known in (f"{parent}.{name}", name, spelled):
        if known in READABLE:
            return READABLE[known]
    return next((why for end, why in READABLE_ENDS.items() if spelled.endswith(end)), "")
