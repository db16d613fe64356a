using Microsoft.Extensions.Configuration;
using VectorCluster.Api;

namespace VectorCluster.Cli;

/// <param name="Store">Where the database is kept.</param>
/// <param name="Host">IP address to listen on, <c>localhost</c>, or <c>*</c> for all.</param>
/// <param name="Port">0: any free one.</param>
/// <param name="IsVerbose">Logs every request.</param>
/// <param name="Api">Keys and limits.</param>
/// <param name="Kestrel">The section of Kestrel's own settings.</param>
internal sealed record ServerOptions(
    StoreChoice Store, string Host, int Port, bool IsVerbose, ApiOptions Api, IConfiguration Kestrel);
