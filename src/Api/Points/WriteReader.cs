using System.Text.RegularExpressions;

namespace VectorCluster.Api;

/// <summary>A write that has been read from a body and checked, ready to be done.</summary>
/// <param name="Namespace">Where it writes, for who may not.</param>
internal sealed record PointWrite(
    string Namespace, Func<IVectorDatabase, CancellationToken, Task<WriteResult>> RunAsync);

/// <summary>Reads the bodies of writes; the same whether they come alone or in a batch.</summary>
internal static partial class WriteReader
{
    /// <param name="operation">The name that Qdrant's update batch gives it.</param>
    public static PointWrite Read(string operation, JsonInput body, string collection) => operation switch
    {
        "upsert" => Upsert(PointReader.Read(body, collection)),
        "delete" => Delete(body, collection),
        "set_payload" => ChangePayload(body, collection, new SetPayload(
            PointReader.ReadPayload(body.Require("payload")),
            body.Find("key") is { } key ? PathReader.Read(key) : null)),
        "overwrite_payload" => ChangePayload(body, collection, ReadOverwrite(body)),
        "delete_payload" => ChangePayload(
            body, collection, new DeletePayloadKeys(body.Require("keys").ReadItems(PathReader.Read))),
        "clear_payload" => ChangePayload(body, collection, new ClearPayload()),
        "update_vectors" or "delete_vectors" =>
            throw body.Unsupported($"The operation `{operation}` is not supported."),
        _ => throw body.Error(ErrorCodes.UnknownField, $"There is no operation `{operation}`."),
    };

    /// <summary>Finds a place of the database's within <paramref name="body"/>, which may be one of many and may have
    /// columns.</summary>
    public static Func<string, string> LocatorIn(JsonInput body)
    {
        var start = body.Path.ToString();
        var hasColumns = body.Find("batch") is not null;
        return path =>
        {
            if (!path.StartsWith("$.", StringComparison.Ordinal)) return path;
            return start + (hasColumns ? VectorOfPoint().Replace(path, "$$.batch.vectors${name}[${row}]") : path)[1..];
        };
    }

    [GeneratedRegex(
        """^\$\.points\[(?<row>\d+)\]\.vector(?<name>\['.*'\])?""",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex VectorOfPoint();

    private static PointWrite Upsert(UpsertRequest request) =>
        new(request.Namespace, (database, cancellationToken) => database.UpsertAsync(request, cancellationToken));

    private static PointWrite Delete(JsonInput body, string collection)
    {
        var request = new DeleteRequest
        {
            Collection = collection,
            Namespace = NamespaceReader.Read(body),
            Selector = SelectorReader.ReadPoints(body),
        };
        return new(
            request.Namespace,
            (database, cancellationToken) => database.DeleteAsync(request, cancellationToken));
    }

    private static OverwritePayload ReadOverwrite(JsonInput body)
    {
        body.RefuseMember("key");
        return new(PointReader.ReadPayload(body.Require("payload")));
    }

    private static PointWrite ChangePayload(JsonInput body, string collection, PayloadChange change)
    {
        var request = new PayloadRequest
        {
            Collection = collection,
            Namespace = NamespaceReader.Read(body),
            Selector = SelectorReader.ReadPoints(body),
            Change = change,
        };
        return new(
            request.Namespace,
            (database, cancellationToken) => database.ChangePayloadAsync(request, cancellationToken));
    }
}
