using System.Buffers.Text;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace VectorCluster.Api;

/// <summary>Reads a vector from its JSON text directly: a large upsert is millions of these numbers and little
/// else.</summary>
internal static class FloatArray
{
    /// <returns>float32[length of the list], all finite.</returns>
    /// <exception cref="InvalidRequestException">Not a list, or an item is no number or does not fit float32; with
    /// its path.</exception>
    public static float[] Read(JsonInput input)
    {
        var values = new float[input.Count()];
        var text = JsonMarshal.GetRawUtf8Value(input.Element);
        Debug.Assert(text[0] == (byte)'[', "The parser has checked the syntax.");
        var at = 1;
        for (var i = 0; i < values.Length; i++)
        {
            while (text[at] is (byte)',' or (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n') at++;
            if (text[at] != (byte)'-' && !char.IsAsciiDigit((char)text[at])) throw NotANumber(input, i);
            var parsed = Utf8Parser.TryParse(text[at..], out values[i], out var length);
            if (!parsed || !float.IsFinite(values[i]))
            {
                throw Item(input, i).Error(
                    ErrorCodes.InvalidVector, "The number does not fit a 32-bit float; vectors hold finite numbers.");
            }

            at += length;
        }

        return values;
    }

    private static InvalidRequestException NotANumber(JsonInput input, int index)
    {
        var item = Item(input, index);
        return item.Kind == JsonValueKind.Array
            ? item.Unsupported("A vector is a list of numbers; multivectors are not supported.")
            : item.WrongType("a number");
    }

    private static JsonInput Item(JsonInput input, int index) => new(input.Element[index], input.Path.Element(index));
}
