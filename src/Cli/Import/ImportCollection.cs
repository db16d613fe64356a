namespace VectorCluster.Cli;

/// <summary>Sees to it that the collection exists and takes the source's vectors.</summary>
internal static class ImportCollection
{
    /// <param name="settingsOf">Settings of a new collection, from the dimensions of its vectors.</param>
    /// <returns>True: it was made.</returns>
    /// <exception cref="CommandException">It exists with other vectors, or nothing tells which vectors it shall
    /// have.</exception>
    public static async Task<bool> EnsureAsync(
        IVectorDatabase database,
        Retry retry,
        string name,
        IPointSource source,
        Func<IReadOnlyDictionary<string, int>, CollectionSettings> settingsOf,
        CancellationToken cancellationToken)
    {
        if (await retry.RunAsync(() => database.CollectionExistsAsync(name, cancellationToken), cancellationToken))
        {
            var info = await retry.RunAsync(
                () => database.GetCollectionAsync(name, cancellationToken), cancellationToken);
            RequireFit(info.Settings, source);
            return false;
        }

        if (source.Dimensions.Count == 0)
            throw new CommandException($"{source.Path} has no vectors to make the collection '{name}' from.");
        var settings = settingsOf(source.Dimensions);
        return await retry.RunAsync(
            async () =>
            {
                try
                {
                    await database.CreateCollectionAsync(name, settings, cancellationToken);
                }
                catch (AlreadyExistsException)
                {
                    // An attempt before this one did it, and its answer was lost.
                }

                return true;
            },
            cancellationToken);
    }

    private static void RequireFit(CollectionSettings settings, IPointSource source)
    {
        foreach (var (name, dimension) in source.Dimensions)
        {
            var what = name.Length == 0 ? "vectors" : $"vectors '{name}'";
            if (!settings.Vectors.TryGetValue(name, out var vector))
                throw new CommandException($"The collection has no {what}, {source.Path} has.");
            if (vector.Dimension != dimension)
                throw new CommandException(
                    $"The collection's {what} have dimension {vector.Dimension}, in {source.Path} it is {dimension}.");
        }
    }
}
