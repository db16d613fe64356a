namespace VectorCluster.Api;

/// <summary>Reads payload paths.</summary>
internal static class PathReader
{
    public static PayloadPath Read(JsonInput input)
    {
        var text = input.AsString();
        return PayloadPath.TryParse(text, out var path)
            ? path
            : throw input.Error(ErrorCodes.InvalidPayloadPath, $"'{text}' is not a payload path.");
    }
}
