using System.Globalization;

namespace VectorCluster.Storage.Files;

/// <summary>The shards of a collection, by their folders. A shard exists once it has an OWNER.</summary>
/// <param name="Damages">Shards whose name cannot be told.</param>
internal sealed record ShardListing(IReadOnlyList<ShardId> Shards, IReadOnlyList<StoreDamage> Damages)
{
    public static ShardListing Read(DataDirectory directory, string collection)
    {
        var shards = new List<ShardId>();
        var damages = new List<StoreDamage>();
        var root = directory.ShardsFolder(collection);
        if (!Directory.Exists(root)) return new(shards, damages);

        foreach (var folder in Directory.EnumerateDirectories(root).SelectMany(Directory.EnumerateDirectories))
        {
            if (!File.Exists(Path.Join(folder, OwnerFile.Name))) continue;
            try
            {
                if (Name(folder, collection) is { } shard) shards.Add(shard);
            }
            catch (DamagedFileException e)
            {
                damages.Add(new(e.Path, e.What));
            }
        }

        return new(shards, damages);
    }

    // The folder's own name says it, so that a damaged shard is still listed; but for names that were too long to
    // encode.
    private static ShardId? Name(string folder, string collection)
    {
        var index = Path.GetFileName(folder.AsSpan());
        if (FileNames.TryDecode(Path.GetFileName(Path.GetDirectoryName(folder)!), out var name)
            && int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return new(collection, name, number);
        return OwnerFile.TryRead(folder)?.Shard;
    }
}
