namespace VectorCluster.Api;

/// <summary>Reads how vectors are quantized, and how a search uses that.</summary>
/// <remarks>
/// <c>{"bits": 4}</c> is ours, with <c>rescore</c> and <c>oversampling</c> as the collection's defaults. Qdrant's kinds
/// mean the codes of ours that take as much memory: <c>scalar</c> 8 bits, <c>binary</c> 1 bit or 2. What only tunes how
/// Qdrant makes its codes (quantile, query_encoding) or where they lie (always_ram) is ignored.
/// </remarks>
internal static class QuantizationReader
{
    private static readonly string[] Kinds = ["bits", "scalar", "binary"];

    /// <summary>The settings with what is given.</summary>
    public static VectorSettings ReadSettings(JsonInput input, VectorSettings settings)
    {
        input.AllowOnly("bits", "scalar", "binary", "product", "rescore", "oversampling");
        if (input.Find("product") is { } product)
            throw product.Unsupported("There are no product codes. Give the bits of a code: {\"bits\": 4}.");
        var given = Kinds.Where(kind => input.Find(kind) is not null).ToList();
        if (given.Count > 1)
            throw input.Error(ErrorCodes.InvalidRequest, $"Give either `{given[0]}` or `{given[1]}`, not both.");
        return settings with
        {
            Quantization = given.Count > 0 ? ReadBits(input) : settings.Quantization,
            Rescore = input.Find("rescore")?.AsBool() ?? settings.Rescore,
            Oversampling = ReadOversampling(input) ?? settings.Oversampling,
        };
    }

    /// <summary>Of a search's <c>params</c>.</summary>
    public static QuantizationSearch? ReadSearch(JsonInput? parameters) =>
        parameters?.Find("quantization") is { } input
            ? new()
            {
                Ignore = input.Find("ignore")?.AsBool() ?? false,
                Rescore = input.Find("rescore")?.AsBool(),
                Oversampling = ReadOversampling(input),
            }
            : null;

    private static VectorQuantization ReadBits(JsonInput input)
    {
        if (input.Find("scalar") is { } scalar)
        {
            var type = scalar.Require("type");
            return type.AsString() == "int8" ? VectorQuantization.Bits8 : throw type.Unsupported("Scalars are int8.");
        }

        if (input.Find("binary") is { } binary)
        {
            return binary.Find("encoding") is not { } encoding
                ? VectorQuantization.Bits1
                : encoding.AsString() switch
                {
                    "one_bit" => VectorQuantization.Bits1,
                    "two_bits" => VectorQuantization.Bits2,
                    _ => throw encoding.Unsupported("Codes have one_bit or two_bits."),
                };
        }

        var bits = input.Require("bits");
        return bits.AsInt32(0, 8) switch
        {
            0 => VectorQuantization.None,
            1 => VectorQuantization.Bits1,
            2 => VectorQuantization.Bits2,
            4 => VectorQuantization.Bits4,
            8 => VectorQuantization.Bits8,
            _ => throw bits.Unsupported("Codes have 1, 2, 4 or 8 bits a dimension, or 0 for none."),
        };
    }

    private static double? ReadOversampling(JsonInput input)
    {
        if (input.Find("oversampling") is not { } given) return null;
        return given.AsDouble() is var value and >= 1 and <= VectorSettings.MaxOversampling
            ? value
            : throw given.Error(
                ErrorCodes.OutOfRange, $"The number must be from 1 to {VectorSettings.MaxOversampling}.");
    }
}
