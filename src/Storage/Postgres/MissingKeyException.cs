namespace VectorCluster.Storage.Postgres;

/// <summary>Something stored is encrypted with a key that was not given. Give it; nothing is damaged.</summary>
public sealed class MissingKeyException(string message) : Exception(message);
