using System.Text.Json;

namespace VectorCluster.Client.Http;

/// <summary>Writes searches.</summary>
internal static class SearchJson
{
    /// <summary>The members of one query; the caller writes the braces around them.</summary>
    public static void Write(Utf8JsonWriter json, SearchRequest request)
    {
        json.WritePropertyName("query");
        WriteQuery(json, request.Query);
        if (request.VectorName.Length > 0) json.WriteString("using", request.VectorName);
        json.WriteNumber("limit", request.Limit);
        json.WriteNumber("offset", request.Offset);
        json.WriteStartObject("params");
        if (request.EfSearch is { } efSearch) json.WriteNumber("hnsw_ef", efSearch);
        json.WriteBoolean("exact", request.Exact);
        if (request.Quantization is { } quantization) WriteQuantization(json, quantization);
        json.WriteEndObject();
        WriteMaxDistance(json, request.MaxDistance);
        FilterJson.WriteOptional(json, request.Filter);
        VectorJson.WriteSelectors(json, request.WithPayload, request.WithVectors);
        VectorJson.WriteNamespace(json, request.Namespace);
    }

    private static void WriteQuantization(Utf8JsonWriter json, QuantizationSearch quantization)
    {
        json.WriteStartObject("quantization");
        json.WriteBoolean("ignore", quantization.Ignore);
        if (quantization.Rescore is { } rescore) json.WriteBoolean("rescore", rescore);
        if (quantization.Oversampling is { } oversampling) json.WriteNumber("oversampling", oversampling);
        json.WriteEndObject();
    }

    private static void WriteQuery(Utf8JsonWriter json, Query query)
    {
        json.WriteStartObject();
        switch (query)
        {
            case NearestQuery nearest:
                json.WritePropertyName("nearest");
                WriteVector(json, nearest.Vector, "$.query");
                break;
            case RecommendQuery recommend:
                json.WriteStartObject("recommend");
                WriteVectors(json, "positive", recommend.Positive);
                WriteVectors(json, "negative", recommend.Negative);
                json.WriteEndObject();
                break;
            default:
                throw new InvalidRequestException(
                    ErrorCodes.Unsupported, $"A query of type {query.GetType().Name} can't be sent.");
        }

        json.WriteEndObject();
    }

    private static void WriteVectors(Utf8JsonWriter json, string name, IReadOnlyList<QueryVector> vectors)
    {
        json.WriteStartArray(name);
        for (var i = 0; i < vectors.Count; i++) WriteVector(json, vectors[i], $"$.query.recommend.{name}[{i}]");
        json.WriteEndArray();
    }

    private static void WriteVector(Utf8JsonWriter json, QueryVector vector, string path)
    {
        if (vector.Id is { } id)
            VectorJson.WriteId(json, id);
        else
            VectorJson.WriteVector(json, vector.Values.Span, path);
    }

    private static void WriteMaxDistance(Utf8JsonWriter json, float? maxDistance)
    {
        if (maxDistance is not { } value || float.IsPositiveInfinity(value)) return;
        if (!float.IsFinite(value))
            throw new InvalidRequestException(ErrorCodes.OutOfRange, $"The largest distance is {value}.");
        json.WriteNumber("max_distance", value);
    }
}
