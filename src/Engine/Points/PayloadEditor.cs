using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace VectorCluster.Engine.Points;

/// <summary>Changes payloads, and cuts out the parts that a reader asked for.</summary>
internal static class PayloadEditor
{
    /// <summary>Deepest stored nesting: a payload of the greatest depth, set at the longest path.</summary>
    public const int MaxStoredDepth = Payload.MaxDepth + PayloadPath.MaxSteps;

    private static readonly JsonDocumentOptions Stored = new() { MaxDepth = MaxStoredDepth };
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What a payload becomes by a change.</summary>
    public static ReadOnlyMemory<byte> Apply(ReadOnlySpan<byte> payload, PayloadChange change)
    {
        switch (change)
        {
            case OverwritePayload overwrite:
                return overwrite.Values.Utf8;
            case ClearPayload:
                return Payload.Empty.Utf8;
            case SetPayload set:
                var merged = Parse(payload);
                var target = set.Key is null ? merged : ObjectAt(merged, set.Key);
                foreach (var (name, value) in Parse(set.Values.Utf8.Span)) target[name] = value?.DeepClone();
                return Write(merged);
            case DeletePayloadKeys delete:
                var rest = Parse(payload);
                foreach (var key in delete.Keys) Remove(rest, key, 0);
                return Write(rest);
            default:
                throw new ArgumentException($"Unknown change {change.GetType().Name}.", nameof(change));
        }
    }

    /// <summary>The part of a payload that a selector selects.</summary>
    public static Payload Select(ReadOnlySpan<byte> payload, PayloadSelector selector)
    {
        if (selector.Selection == PayloadSelection.All) return Payload.FromTrustedUtf8(payload.ToArray());
        var source = Parse(payload);
        if (selector.Selection == PayloadSelection.Exclude)
        {
            foreach (var path in selector.Paths) Remove(source, path, 0);
            return Payload.FromTrustedUtf8(Write(source));
        }

        var selected = new JsonObject();
        foreach (var path in selector.Paths)
            if (Cut(source, path, 0) is JsonObject part) Merge(selected, part);
        return Payload.FromTrustedUtf8(Write(selected));
    }

    private static JsonObject Parse(ReadOnlySpan<byte> json) => (JsonObject)JsonNode.Parse(json, null, Stored)!;

    private static ReadOnlyMemory<byte> Write(JsonObject payload)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Compact)) payload.WriteTo(writer);
        return buffer.WrittenMemory;
    }

    /// <summary>The object at a path; what stands in the way is replaced by objects. Steps into arrays end at their
    /// object.</summary>
    private static JsonObject ObjectAt(JsonObject root, PayloadPath path)
    {
        var target = root;
        foreach (var step in path.Steps)
        {
            if (step.Kind != PayloadPathStepKind.Member) break;
            if (target[step.Key!] is not JsonObject next) target[step.Key!] = next = [];
            target = next;
        }

        return target;
    }

    private static void Remove(JsonNode? node, PayloadPath path, int at)
    {
        var step = path.Steps[at];
        var isLast = at == path.Steps.Count - 1;
        switch (node)
        {
            case JsonObject container when step.Kind == PayloadPathStepKind.Member:
                if (isLast) container.Remove(step.Key!);
                else Remove(container[step.Key!], path, at + 1);
                break;
            case JsonArray array when step.Kind == PayloadPathStepKind.AllElements:
                if (isLast) array.Clear();
                else foreach (var element in array) Remove(element, path, at + 1);
                break;
            case JsonArray array when step.Kind == PayloadPathStepKind.Element && step.Index < array.Count:
                if (isLast) array.RemoveAt(step.Index);
                else Remove(array[step.Index], path, at + 1);
                break;
        }
    }

    /// <summary>A copy of just what the path reaches, with the objects and arrays around it; null if it reaches
    /// nothing.</summary>
    private static JsonNode? Cut(JsonNode? node, PayloadPath path, int at)
    {
        if (at == path.Steps.Count) return node?.DeepClone();
        var step = path.Steps[at];
        switch (node)
        {
            case JsonObject container when step.Kind == PayloadPathStepKind.Member && container.ContainsKey(step.Key!):
                var inner = Cut(container[step.Key!], path, at + 1);
                var isNullItself = at == path.Steps.Count - 1 && container[step.Key!] is null;
                return inner is null && !isNullItself ? null : new JsonObject { [step.Key!] = inner };
            case JsonArray array when step.Kind == PayloadPathStepKind.AllElements:
                return new JsonArray(
                    [.. array.Select(element => Cut(element, path, at + 1)).Where(cut => cut is not null)]);
            case JsonArray array when step.Kind == PayloadPathStepKind.Element && step.Index < array.Count:
                return new JsonArray(Cut(array[step.Index], path, at + 1));
            default:
                return null;
        }
    }

    private static void Merge(JsonObject into, JsonObject part)
    {
        foreach (var (name, value) in part.ToList())
        {
            if (value is JsonObject inner && into[name] is JsonObject present) Merge(present, inner);
            else into[name] = value?.DeepClone();
        }
    }
}
