using System.Text.Json;

namespace VectorCluster.Api;

/// <summary>Reads the body of an upsert, in Qdrant's two forms: a list of points, or columns of ids, vectors and
/// payloads.</summary>
internal static class PointReader
{
    public static UpsertRequest Read(JsonInput body, string collection)
    {
        body.RefuseMember("update_filter");
        body.RefuseMember("update_mode");
        var points = body.Find("points");
        var batch = body.Find("batch");
        if (points is not null && batch is not null)
            throw batch.Value.Error(ErrorCodes.InvalidRequest, "Give either `points` or `batch`, not both.");
        return new()
        {
            Collection = collection,
            Namespace = NamespaceReader.Read(body),
            Points = batch is { } columns
                ? ReadColumns(columns)
                : body.Require("points").ReadItems(ReadPoint, UpsertRequest.MaxPoints),
        };
    }

    /// <summary>One payload, or the empty one where it is absent.</summary>
    public static Payload ReadPayload(JsonInput? input)
    {
        if (input is not { } given) return Payload.Empty;
        given.RequireObject();
        try
        {
            return Payload.FromElement(given.Element);
        }
        catch (InvalidRequestException exception)
        {
            throw given.Error(exception.Code, exception.Message);
        }
    }

    private static Point ReadPoint(JsonInput input)
    {
        input.RequireObject();
        return new(
            PointIdReader.Read(input.Require("id")),
            ReadVectors(input.Require("vector")),
            ReadPayload(input.Find("payload")));
    }

    private static VectorSet ReadVectors(JsonInput input)
    {
        if (input.Kind == JsonValueKind.Array) return FloatArray.Read(input);
        if (input.Kind != JsonValueKind.Object)
            throw input.WrongType("a list of numbers, or an object of such lists by name");
        var vectors = new KeyValuePair<string, ReadOnlyMemory<float>>[input.Element.GetPropertyCount()];
        var index = 0;
        foreach (var (name, vector) in input.Members()) vectors[index++] = new(name, ReadDense(vector));
        return new(vectors);
    }

    /// <summary>A vector that is a plain list of numbers; an object would be a sparse vector or a text to
    /// embed.</summary>
    public static float[] ReadDense(JsonInput input) => input.Kind == JsonValueKind.Object
        ? throw input.Unsupported("Sparse vectors and inference are not supported: a vector is a list of numbers.")
        : FloatArray.Read(input);

    private static Point[] ReadColumns(JsonInput batch)
    {
        var ids = batch.Require("ids").ReadItems(PointIdReader.Read, UpsertRequest.MaxPoints);
        var vectors = ReadVectorColumns(batch.Require("vectors"), ids.Length);
        var payloads = ReadPayloadColumn(batch.Find("payloads"), ids.Length);
        var points = new Point[ids.Length];
        for (var i = 0; i < points.Length; i++) points[i] = new(ids[i], vectors[i], payloads[i]);
        return points;
    }

    private static VectorSet[] ReadVectorColumns(JsonInput input, int count)
    {
        if (input.Kind == JsonValueKind.Array)
        {
            RequireLength(input, count);
            return input.ReadItems<VectorSet>(ReadVectors);
        }

        var columns = input.Members()
            .Select(column =>
            {
                RequireLength(column.Value, count);
                return (column.Key, Vectors: column.Value.ReadItems(ReadDense));
            })
            .ToList();
        var result = new VectorSet[count];
        for (var i = 0; i < count; i++)
            result[i] = new([.. columns.Select(column => VectorOf(column.Key, column.Vectors[i]))]);
        return result;
    }

    private static KeyValuePair<string, ReadOnlyMemory<float>> VectorOf(string name, float[] values) =>
        new(name, values);

    private static Payload[] ReadPayloadColumn(JsonInput? input, int count)
    {
        if (input is not { } column)
        {
            var empty = new Payload[count];
            Array.Fill(empty, Payload.Empty);
            return empty;
        }

        RequireLength(column, count);
        return column.ReadItems(item => ReadPayload(item.IsNull ? null : item));
    }

    private static void RequireLength(JsonInput column, int count)
    {
        if (column.Count() == count) return;
        throw column.Error(
            ErrorCodes.InvalidRequest,
            $"The list has {column.Count()} items, but `ids` has {count}; they go together.");
    }
}
