namespace VectorCluster.Storage.Files;

/// <summary>Something that a listing left out because it is damaged.</summary>
/// <param name="Path">The file or folder.</param>
/// <param name="What">What is wrong with it.</param>
public sealed record StoreDamage(string Path, string What);
