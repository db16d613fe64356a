using System.Text.Json;

namespace VectorCluster.Engine.Filters;

/// <summary>Something that holds for one JSON value or does not.</summary>
internal abstract class ValueTest
{
    /// <param name="json">The text that the reader reads.</param>
    /// <param name="reader">On the first token of the value; the test may read on within the value.</param>
    public abstract bool Holds(ReadOnlySpan<byte> json, ref Utf8JsonReader reader);
}

/// <summary>A test of scalars, which holds for an array if it holds for one of its elements (arrays within arrays are
/// not opened).</summary>
internal abstract class ScalarTest : ValueTest
{
    public sealed override bool Holds(ReadOnlySpan<byte> json, ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray) return HoldsForScalar(ref reader);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (HoldsForScalar(ref reader)) return true;
            reader.Skip();
        }

        return false;
    }

    /// <param name="reader">On a scalar, or on the start of an object or array.</param>
    protected abstract bool HoldsForScalar(ref Utf8JsonReader reader);
}
