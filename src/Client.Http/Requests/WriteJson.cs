using System.Text.Json;

namespace VectorCluster.Client.Http;

/// <summary>Writes upserts, deletions and payload changes.</summary>
internal static class WriteJson
{
    public static void WriteUpsert(Utf8JsonWriter json, UpsertRequest request)
    {
        VectorJson.WriteNamespace(json, request.Namespace);
        json.WriteStartArray("points");
        for (var i = 0; i < request.Points.Count; i++)
        {
            var point = request.Points[i];
            json.WriteStartObject();
            json.WritePropertyName("id");
            VectorJson.WriteId(json, point.Id);
            json.WritePropertyName("vector");
            VectorJson.WriteVectors(json, point.Vectors, $"$.points[{i}].vector");
            if (!point.Payload.IsEmpty)
            {
                json.WritePropertyName("payload");
                WritePayload(json, point.Payload);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static void WriteSelector(Utf8JsonWriter json, string name, PointSelector selector)
    {
        VectorJson.WriteNamespace(json, name);
        switch (selector)
        {
            case PointIdsSelector byIds:
                VectorJson.WriteIds(json, "points", byIds.Ids);
                break;
            case PointFilterSelector byFilter:
                FilterJson.WriteOptional(json, byFilter.Filter);
                break;
            default:
                throw new InvalidRequestException(
                    ErrorCodes.Unsupported, $"A selector of type {selector.GetType().Name} can't be sent.");
        }
    }

    /// <summary>Method and path suffix of the endpoint of a payload change, and what its body says of it.</summary>
    public static (HttpMethod Method, string Suffix, Action<Utf8JsonWriter> Write) Endpoint(PayloadChange change) =>
        change switch
        {
            SetPayload set => (HttpMethod.Post, "payload", json =>
            {
                json.WritePropertyName("payload");
                WritePayload(json, set.Values);
                if (set.Key is { } key) json.WriteString("key", key.Text);
            }
            ),
            OverwritePayload overwrite => (HttpMethod.Put, "payload", json =>
            {
                json.WritePropertyName("payload");
                WritePayload(json, overwrite.Values);
            }
            ),
            DeletePayloadKeys delete => (
                HttpMethod.Post, "payload/delete", json => VectorJson.WritePaths(json, "keys", delete.Keys)),
            ClearPayload => (HttpMethod.Post, "payload/clear", _ => { }),
            _ => throw new InvalidRequestException(
                ErrorCodes.Unsupported, $"A payload change of type {change.GetType().Name} can't be sent."),
        };

    private static void WritePayload(Utf8JsonWriter json, Payload payload) =>
        json.WriteRawValue(payload.Utf8.Span, skipInputValidation: true);
}
