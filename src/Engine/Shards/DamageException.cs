namespace VectorCluster.Engine.Shards;

/// <summary>What is stored is not what was written. Retrying does not help, which tells it from a store that does not
/// answer.</summary>
public abstract class DamageException(string message) : Exception(message);
