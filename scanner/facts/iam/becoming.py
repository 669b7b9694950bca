"""How one identity acts as another, and by which actions what it may read is had: of AWS by actions, of Google by permissions.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html, https://pathfinding.cloud,
https://cloud.google.com/iam/docs/service-account-permissions, https://cloud.google.com/secret-manager/docs/access-control
"""

from __future__ import annotations

from collections.abc import Mapping

READING = "secretsmanager:getsecretvalue"
"""BatchGetSecretValue asks for it too: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_BatchGetSecretValue.html"""
OPENING = "secretsmanager:putresourcepolicy"
"""Whoever writes the policy of a secret may name itself in it."""
DECRYPTING = "kms:decrypt"
PASSING, ASSUMING, TRUSTING = "iam:passrole", "sts:assumerole", "iam:updateassumerolepolicy"
CODING = frozenset({"lambda:updatefunctioncode", "lambda:updatefunctionconfiguration"})
"""They change what a function runs; layers are code."""
ENTERING = "ecs:executecommand"
"""A shell in a container of a task, which has the task's role: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html"""
LAUNCHING: Mapping[str, frozenset[str]] = {
    f"{service}.amazonaws.com": frozenset(actions.split())
    for service, actions in {
        "ecs-tasks": "ecs:runtask ecs:starttask ecs:createservice ecs:updateservice scheduler:createschedule",
        "lambda": "lambda:createfunction lambda:updatefunctionconfiguration",
        "ec2": "ec2:runinstances ec2:requestspotinstances ec2:associateiaminstanceprofile",
        "glue": "glue:createjob glue:updatejob glue:createdevendpoint",
        "cloudformation": "cloudformation:createstack cloudformation:updatestack cloudformation:createchangeset",
        "codebuild": "codebuild:createproject codebuild:updateproject",
        "sagemaker": "sagemaker:createnotebookinstance sagemaker:createtrainingjob sagemaker:createprocessingjob",
        "tasks.apprunner": "apprunner:createservice apprunner:updateservice",
        "states": "states:createstatemachine states:updatestatemachine",
        "scheduler": "scheduler:createschedule scheduler:updateschedule",
        "events": "events:puttargets",
    }.items()
}
"""Service that a role trusts, to the actions by which code is run there as a role that may be passed. A task is run by what a definition
says, which whoever passes the role registers."""
SESSIONS = frozenset({"ssm:startsession", "ssm:sendcommand", "ec2-instance-connect:sendsshpublickey"})
"""A shell on a machine, which has its role: https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager.html"""
_SINGLE = frozenset({READING, OPENING, DECRYPTING, PASSING, ASSUMING, TRUSTING, ENTERING})
AWS_BECOMING = _SINGLE.union(CODING, SESSIONS, *LAUNCHING.values())

ACCESSING = "secretmanager.versions.access"
OPENING_SECRETS = "secretmanager.secrets.setIamPolicy"
IMPERSONATING = frozenset(
    f"iam.serviceAccounts.{action}" for action in ("getAccessToken", "signJwt", "signBlob", "implicitDelegation", "setIamPolicy")
) | {"iam.serviceAccountKeys.create"}
"""They make credentials of an account."""
ACTING = "iam.serviceAccounts.actAs"
DEPLOYING = frozenset(
    {
        "run.services.create", "run.services.update", "run.jobs.create", "run.jobs.update", "cloudfunctions.functions.create",
        "cloudfunctions.functions.update", "compute.instances.create", "compute.instances.setServiceAccount",
        "cloudbuild.builds.create", "cloudscheduler.jobs.create", "workflows.workflows.create", "dataflow.jobs.create",
    }
)  # fmt: skip
"""With actAs on an account, they run code as it."""
GOOGLE_BECOMING = IMPERSONATING | DEPLOYING | {ACCESSING, OPENING_SECRETS, ACTING}
