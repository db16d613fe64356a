using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;

namespace VectorCluster.Api.Tests;

/// <summary>Ways to spoil a request: in its JSON tree, in its bytes, in its method and its target.</summary>
internal static class Mutations
{
    /// <summary>Marks a place for text that no JSON tree can hold, such as NaN.</summary>
    private const string Mark = "§";

    /// <summary>JSON texts, and some that are none, to put in the place of a value.</summary>
    private static readonly string[] Values =
    [
        "null", "true", "false", "0", "-1", "1", "1.5", "-0.0", "1e39", "1e999", "-1e999", "4294967296", "9223372036854775808",
        "18446744073709551616", "99999999999999999999999999", "NaN", "Infinity", "-Infinity", "\"\"", "\"x\"", "\"NaN\"",
        "\"\\ud800\"", "\"\\u0000\"", "\"../..\"", "\"2024-13-01\"", "\"a[\"", "[]", "{}", "[null]", "[[]]", "[1,2,3]",
        "[1,2,3,4,5]", "[1,2,3,\"4\"]", "[1,2,NaN,4]", "[1e39,0,0,0]", "{\"key\":\"a\"}", "{\"\":{}}", "{\"indices\":[1],\"values\":[1]}",
        "100000", "100001", "10000", "10001", "2147483648", "undefined", "'x'", "01", "+1", ".5", "1.", "0x10", "",
    ];

    private static readonly string[] Names = ["", "x", "vector", "points", "ids", "filter", "must", "key", "limit", "§", "a b", "ключ"];

    public static Gen<WireRequest> Requests { get; } =
        from request in Gen.Elements(ValidRequests.All)
        from body in BodyOf(request.Body)
        from target in TargetOf(request.Target)
        from method in Gen.Frequency((20, Gen.Constant(request.Method)), (1, Gen.Elements("GET", "PUT", "POST", "PATCH", "DELETE")))
        select new WireRequest(method, target, body);

    private static Gen<byte[]> BodyOf(string valid)
    {
        var bytes = Encoding.UTF8.GetBytes(valid);
        if (bytes.Length == 0) return Gen.OneOf(Gen.Constant(bytes), Hopeless);
        return Gen.Frequency((12, MutateTree(valid, 1)), (4, MutateTree(valid, 3)), (4, MutateBytes(bytes)), (2, Hopeless));
    }

    /// <summary>Bodies that were never valid: empty, huge, deep, no UTF-8, no object.</summary>
    private static Gen<byte[]> Hopeless { get; } = Gen.Elements<Func<byte[]>>(
        () => [],
        () => " \r\n"u8.ToArray(),
        () => "null"u8.ToArray(),
        () => "[]"u8.ToArray(),
        () => "\"text\""u8.ToArray(),
        () => [0xEF, 0xBB, 0xBF, (byte)'{', (byte)'}'],
        () => [0xFF, 0xFE, (byte)'{'],
        () => [.. "{\"points\":[{\"id\":\""u8, 0xC3, 0x28, .. "\"}]}"u8],
        () => Encoding.UTF8.GetBytes(new string('[', 100_000)),
        () => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"filter\":", 5_000))),
        () => Encoding.UTF8.GetBytes("{\"filter\":" + Nested("{\"must\":[", 60, "]}") + "}"),
        () => Encoding.UTF8.GetBytes("{\"vector\":[" + string.Join(',', Enumerable.Repeat("0.5", 70_000)) + "],\"limit\":1}"),
        () => Encoding.UTF8.GetBytes("{\"ids\":[" + string.Join(',', Enumerable.Range(0, 100_001)) + "]}"),
        () => Encoding.UTF8.GetBytes("{\"vector\":[" + new string('9', 100_000) + "],\"limit\":1}"),
        () => Encoding.UTF8.GetBytes($"{{\"field_name\":\"{new string('x', 5_000)}\",\"field_schema\":\"keyword\"}}"),
        () => Encoding.UTF8.GetBytes($"{{\"shard_key\":\"{new string('x', 5_000)}\",\"limit\":1}}"))
        .Select(make => make());

    private static Gen<byte[]> MutateTree(string valid, int times) =>
        from choices in Gen.ArrayOf(
            from node in Gen.Choose(0, 10_000)
            from kind in Gen.Choose(0, 5)
            from value in Gen.Elements(Values)
            from name in Gen.Elements(Names)
            select (node, kind, value, name),
            times)
        select Spoil(valid, choices);

    private static byte[] Spoil(string valid, (int Node, int Kind, string Value, string Name)[] choices)
    {
        var root = JsonNode.Parse(valid)!;
        var raw = new List<string>();
        foreach (var (at, kind, value, name) in choices)
        {
            var nodes = new List<JsonNode?>();
            Collect(root, nodes);
            if (nodes.Count == 0 || nodes[at % nodes.Count] is not { Parent: { } parent } node) continue;
            var junk = JsonValue.Create($"{Mark}{raw.Count}{Mark}");
            raw.Add(value);
            switch (parent, kind)
            {
                case (JsonObject obj, 0):
                    obj.Remove(node.GetPropertyName());
                    break;
                case (JsonObject obj, 1):
                    obj[name] = junk;
                    break;
                case (JsonObject obj, 2) when obj.Count > 0:
                    var key = node.GetPropertyName();
                    obj.Remove(key);
                    obj[name] = node;
                    break;
                case (JsonArray list, 0):
                    list.Remove(node);
                    break;
                case (JsonArray list, 1 or 2):
                    list.Add(junk);
                    break;
                default:
                    node.ReplaceWith(junk);
                    break;
            }
        }

        var text = root.ToJsonString(Plain);
        for (var i = 0; i < raw.Count; i++) text = text.Replace($"\"{Mark}{i}{Mark}\"", raw[i], StringComparison.Ordinal);
        return Encoding.UTF8.GetBytes(text);
    }

    private static readonly System.Text.Json.JsonSerializerOptions Plain = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static void Collect(JsonNode? node, List<JsonNode?> into)
    {
        into.Add(node);
        foreach (var child in node switch
        {
            JsonObject obj => obj.Select(member => member.Value),
            JsonArray list => list,
            _ => [],
        })
            Collect(child, into);
    }

    private static Gen<byte[]> MutateBytes(byte[] valid) =>
        from kind in Gen.Choose(0, 3)
        from at in Gen.Choose(0, valid.Length - 1)
        from value in Gen.Choose(0, 255)
        select kind switch
        {
            0 => valid[..at],
            1 => [.. valid[..at], (byte)value, .. valid[(at + 1)..]],
            2 => [.. valid[..at], (byte)value, .. valid[at..]],
            _ => [.. valid, .. valid[..at]],
        };

    private static Gen<string> TargetOf(string target) => Gen.Frequency(
        (12, Gen.Constant(target)),
        (1, Gen.Elements("?timeout=x", "?timeout=-1", "?timeout=0", "?timeout=1e9", "?wait=perhaps", "?allow_partial=2", "?name")
            .Select(query => target.Contains('?', StringComparison.Ordinal) ? target : target + query)),
        (1, Gen.Elements("missing", "%2E%2E", "a%2Fb", "%F0%9F%98%80", "x%09y", new string('x', 2_000), "%25", "a%5Cb")
            .Select(name => target.Replace(ValidRequests.Collection, name, StringComparison.Ordinal))),
        (1, Gen.Elements("/", "/x", "/%2F", "/.", "/1/2/3").Select(suffix =>
            target.Contains('?', StringComparison.Ordinal) ? target : target + suffix)));

    private static string Nested(string open, int depth, string close) =>
        string.Concat(Enumerable.Repeat(open, depth)) + string.Concat(Enumerable.Repeat(close, depth));
}
