using System.Text.Json;
using Orleans.Storage;

namespace VectorCluster.Grains;

/// <summary>Grains' states as plain JSON: Orleans' own form names .NET types, which would tie rows to them.</summary>
public sealed class GrainStateJson : IGrainStorageSerializer
{
    public BinaryData Serialize<T>(T? input) => new(JsonSerializer.SerializeToUtf8Bytes(input));

    public T Deserialize<T>(BinaryData input) => JsonSerializer.Deserialize<T>(input)!;
}
