using System.Text;
using System.Text.Json;

namespace VectorCluster.Engine.Filters;

/// <summary>Walks the values that a path reaches in a payload, reading the JSON text in place.</summary>
/// <remarks>Payload text keeps the invariants of <see cref="Payload"/>, so the reader never fails on it.</remarks>
internal sealed class PayloadWalker
{
    private static readonly JsonReaderOptions Stored = new() { MaxDepth = Points.PayloadEditor.MaxStoredDepth };
    private readonly Step[] _steps;

    public PayloadWalker(PayloadPath path)
    {
        _steps = [.. path.Steps.Select(step =>
            new Step(step.Kind, Encoding.UTF8.GetBytes(step.Key ?? ""), step.Index))];
    }

    /// <summary>Whether the test holds for one of the values that the path reaches.</summary>
    /// <param name="reached">Whether the path reaches any; meaningful if the answer is false.</param>
    public bool Any(ReadOnlySpan<byte> json, ValueTest test, out bool reached)
    {
        var reader = new Utf8JsonReader(json, Stored);
        reader.Read();
        reached = false;
        return Walk(json, ref reader, 0, test, ref reached);
    }

    /// <summary>With the reader on the first token of a value; leaves it on the last one unless the answer is
    /// true.</summary>
    private bool Walk(ReadOnlySpan<byte> json, ref Utf8JsonReader reader, int at, ValueTest test, ref bool reached)
    {
        if (at == _steps.Length)
        {
            reached = true;
            var value = reader; // a copy: the test may read on
            if (test.Holds(json, ref value)) return true;
            reader.Skip();
            return false;
        }

        switch (_steps[at].Kind)
        {
            case PayloadPathStepKind.Member when reader.TokenType == JsonTokenType.StartObject:
                return WalkMember(json, ref reader, at, test, ref reached);
            case PayloadPathStepKind.AllElements or PayloadPathStepKind.Element
                when reader.TokenType == JsonTokenType.StartArray:
                return WalkElements(json, ref reader, at, test, ref reached);
            default:
                reader.Skip();
                return false;
        }
    }

    private bool WalkMember(
        ReadOnlySpan<byte> json, ref Utf8JsonReader reader, int at, ValueTest test, ref bool reached)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var isWanted = reader.ValueTextEquals(_steps[at].Key);
            reader.Read();
            if (!isWanted) reader.Skip();
            else if (Walk(json, ref reader, at + 1, test, ref reached)) return true;
        }

        return false;
    }

    private bool WalkElements(
        ReadOnlySpan<byte> json, ref Utf8JsonReader reader, int at, ValueTest test, ref bool reached)
    {
        var wantsAll = _steps[at].Kind == PayloadPathStepKind.AllElements;
        for (var index = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; index++)
        {
            if (!wantsAll && index != _steps[at].Index) reader.Skip();
            else if (Walk(json, ref reader, at + 1, test, ref reached)) return true;
        }

        return false;
    }

    private readonly record struct Step(PayloadPathStepKind Kind, byte[] Key, int Index);
}
