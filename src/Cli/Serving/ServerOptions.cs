namespace VectorCluster.Cli;

/// <param name="Store">Where the database is kept.</param>
/// <param name="Host">IP address to listen on, <c>localhost</c>, or <c>*</c> for all.</param>
/// <param name="Port">0: any free one.</param>
/// <param name="IsVerbose">Logs every request.</param>
internal sealed record ServerOptions(StoreChoice Store, string Host, int Port, bool IsVerbose);
