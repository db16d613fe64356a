{{/* The name of the application, for labels. */}}
{{- define "vectorcluster.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* The name of what the release makes. 52 characters at most: a pod's name and its revision label get longer. */}}
{{- define "vectorcluster.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride }}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" }}
{{- else if contains $name .Release.Name }}
{{- .Release.Name | trunc 52 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 52 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "vectorcluster.headless" -}}
{{ include "vectorcluster.fullname" . }}-silos
{{- end }}

{{/* What never changes in the life of a release: a StatefulSet's selector can't be changed. */}}
{{- define "vectorcluster.selectorLabels" -}}
app.kubernetes.io/name: {{ include "vectorcluster.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: silo
{{- end }}

{{- define "vectorcluster.commonLabels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/name: {{ include "vectorcluster.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: vectorcluster
{{- end }}

{{- define "vectorcluster.labels" -}}
{{ include "vectorcluster.commonLabels" . }}
app.kubernetes.io/component: silo
{{- end }}

{{- define "vectorcluster.serviceAccount" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "vectorcluster.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "vectorcluster.image" -}}
{{- if .Values.image.digest }}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest }}
{{- else }}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) }}
{{- end }}
{{- end }}

{{- define "vectorcluster.scheme" -}}
{{- if .Values.tls.existingSecret }}https{{ else }}http{{ end }}
{{- end }}

{{/* Seconds as .NET's TimeSpan: days.hours:minutes:seconds. */}}
{{- define "vectorcluster.timeSpan" -}}
{{- $s := int . -}}
{{- printf "%d.%02d:%02d:%02d" (div $s 86400) (mod (div $s 3600) 24) (mod (div $s 60) 60) (mod $s 60) }}
{{- end }}

{{/* After draining the silo may take two minutes to close (SiloHost.ClosingTime); half a minute is for the rest. */}}
{{- define "vectorcluster.gracePeriod" -}}
{{- add (int .Values.shutdown.preStopSeconds) (int .Values.cluster.drainTimeoutSeconds) 150 }}
{{- end }}

{{/* Requests, and the limit of memory. No limit of CPU: a throttled silo answers late, and looks dead to the others. */}}
{{- define "vectorcluster.resources" -}}
{{- $presets := dict
    "small" (dict "cpu" "500m" "memory" "2Gi")
    "medium" (dict "cpu" "2" "memory" "8Gi")
    "large" (dict "cpu" "8" "memory" "32Gi")
    "xlarge" (dict "cpu" "16" "memory" "128Gi") }}
{{- $preset := get $presets .Values.resources.preset }}
{{- $memory := default $preset.memory .Values.resources.memory }}
requests:
  cpu: {{ default $preset.cpu .Values.resources.cpu | quote }}
  memory: {{ $memory | quote }}
limits:
  memory: {{ $memory | quote }}
{{- end }}

{{/* Stops what would not start, or would carry a secret in plain text, with what to do about it. */}}
{{- define "vectorcluster.check" -}}
{{- $access := .Values.access }}
{{- if not (or $access.existingSecret $access.jwt.existingSecret $access.allowWithoutKeys) }}
{{- fail (print "Set access.existingSecret to a Secret with the access keys (or access.jwt.existingSecret), or "
    "access.allowWithoutKeys to true to let whoever reaches the service do everything: without keys a silo listens "
    "on loopback only.") }}
{{- end }}
{{- if and .Values.serviceMonitor.enabled (or $access.existingSecret $access.jwt.existingSecret)
    (not (or .Values.serviceMonitor.existingSecret $access.metricsWithoutKey)) }}
{{- fail (print "Set serviceMonitor.existingSecret to a Secret with a key for Prometheus, or "
    "access.metricsWithoutKey to true: /metrics needs a key.") }}
{{- end }}
{{- if and .Values.ingress.enabled (not .Values.ingress.hosts) }}
{{- fail "Set ingress.hosts: an ingress without hosts would take every request." }}
{{- end }}
{{- if and .Values.autoscaling.enabled
    (gt (int .Values.autoscaling.minReplicas) (int .Values.autoscaling.maxReplicas)) }}
{{- fail "autoscaling.minReplicas is more than autoscaling.maxReplicas." }}
{{- end }}
{{- if and .Values.autoscaling.enabled
    (not (or .Values.autoscaling.cpuPercent .Values.autoscaling.memoryPercent)) }}
{{- fail "Set autoscaling.cpuPercent or autoscaling.memoryPercent: there is nothing to scale by." }}
{{- end }}
{{- $ours := list "POD_IP" "VectorCluster__Postgres" "VectorCluster__AdvertisedIP" "VectorCluster__HttpAddress"
    "VectorCluster__HttpPort" "VectorCluster__SiloPort" "VectorCluster__GatewayPort" "VectorCluster__DrainTimeout"
    "VectorCluster__Access__KeysFile" "VectorCluster__Access__AllowWithoutKeys" "VectorCluster__EncryptionKeysFile" }}
{{- range .Values.extraEnv }}
{{- if has .name $ours }}
{{- fail (printf "extraEnv: %s is set by the chart; use its own value." .name) }}
{{- end }}
{{- if and (hasKey . "value") (regexMatch "(?i)(secret|password|token|headers|connectionstring)$" .name) }}
{{- fail (printf "extraEnv: %s looks like a secret; take it from a Secret with valueFrom.secretKeyRef." .name) }}
{{- end }}
{{- end }}
{{- end }}

{{/* The pod of `helm test`. */}}
{{- define "vectorcluster.testLabels" -}}
app.kubernetes.io/name: {{ include "vectorcluster.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: test
{{- end }}
