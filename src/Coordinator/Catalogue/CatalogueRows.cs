using System.Text.Json;
using System.Text.Json.Serialization;

namespace VectorCluster.Coordinator.Catalogue;

/// <summary>What the catalogue keeps of a collection.</summary>
/// <param name="IsDeleting">Its deletion has begun: it is no more to be seen, and what is left of it goes at the next
/// start.</param>
internal sealed record CollectionEntry(CollectionSettings Settings, bool IsDeleting = false);

/// <summary>What the catalogue keeps of a namespace.</summary>
/// <param name="IsDeleting">As for <see cref="CollectionEntry"/>.</param>
internal sealed record NamespaceEntry(ShardMap Map, bool IsDeleting = false);

/// <summary>Catalogue rows as JSON; described in docs/formats/catalogue.md.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(CollectionEntry))]
[JsonSerializable(typeof(NamespaceEntry))]
internal sealed partial class CatalogueJson : JsonSerializerContext
{
    public static ReadOnlyMemory<byte> Write(CollectionEntry entry) =>
        JsonSerializer.SerializeToUtf8Bytes(entry, Default.CollectionEntry);

    public static ReadOnlyMemory<byte> Write(NamespaceEntry entry) =>
        JsonSerializer.SerializeToUtf8Bytes(entry, Default.NamespaceEntry);

    public static CollectionEntry ReadCollection(ReadOnlyMemory<byte> value) =>
        JsonSerializer.Deserialize(value.Span, Default.CollectionEntry)!;

    public static NamespaceEntry ReadNamespace(ReadOnlyMemory<byte> value) =>
        JsonSerializer.Deserialize(value.Span, Default.NamespaceEntry)!;
}
