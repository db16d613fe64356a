using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using VectorCluster.Api;
using VectorCluster.Embedded;

namespace VectorCluster.Cli;

/// <summary>The HTTP API over an embedded database.</summary>
/// <remarks>Stopping goes from the outside in: no new connections, running requests finish, then the database
/// checkpoints.</remarks>
internal sealed class Server : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly VectorDatabase _database;

    private Server(WebApplication app, VectorDatabase database) => (_app, _database) = (app, database);

    public IVectorDatabase Database => _database;

    public Uri Address => new(_app.Urls.First());

    /// <exception cref="CommandException">The address can't be listened on.</exception>
    public static async Task<Server> StartAsync(ServerOptions options, CancellationToken cancellationToken)
    {
        var database = await VectorDatabase.OpenAsync(
            await options.Store.OpenAsync(cancellationToken), cancellationToken: cancellationToken);
        var server = new Server(Build(options, database), database);
        try
        {
            server._app.MapVectorClusterApi();
            server.ReportSlowSearches(options.Api.Telemetry.SlowSearch);
            await server._app.StartAsync(cancellationToken);
            return server;
        }
        catch (Exception exception)
        {
            await server.DisposeAsync();
            if (FindAddressFailure(exception) is not { } reason) throw;
            throw new CommandException($"can't listen on {options.Host}:{options.Port}: {reason}", exception);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _database.DisposeAsync();
    }

    private void ReportSlowSearches(TimeSpan threshold)
    {
        if (threshold == TimeSpan.Zero) return;
        var log = _app.Services.GetRequiredService<SlowSearchLog>();
        _database.SlowSearches = new(threshold, search => log.Report(
            search.Collection, search.Namespace, search.Took, search.Limit, search.HasFilter, search.Plan));
    }

    private static WebApplication Build(ServerOptions options, VectorDatabase database)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = "vectorcluster" });
        builder.Configuration.Sources.Clear(); // no settings from a file or variable that happens to be there
        builder.AddVectorClusterTelemetry(options.Api.Telemetry);
        builder.Logging.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
            console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Logging.SetMinimumLevel(options.IsVerbose ? LogLevel.Information : LogLevel.Warning);
        // The host logs a failed start with its stack; the command says it in a line.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(server => Listen(server, options));
        builder.Services.AddSingleton<IVectorDatabase>(database);
        builder.Services.AddSingleton(database.Cluster);
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        builder.Services.AddVectorClusterApi(options.Api);
        return builder.Build();
    }

    private static void Listen(KestrelServerOptions server, ServerOptions options)
    {
        server.AddServerHeader = false;
        server.Configure(options.Kestrel);
        var setUp = ApiDoor.SetUpOf(options.Kestrel);
        if (options.Host is "*" or "+") server.ListenAnyIP(options.Port, setUp);
        else if (options.Host == "localhost" && options.Port > 0) server.ListenLocalhost(options.Port, setUp);
        else if (options.Host == "localhost") server.Listen(IPAddress.Loopback, options.Port, setUp);
        else server.Listen(IPAddress.Parse(options.Host), options.Port, setUp);
    }

    private static string? FindAddressFailure(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is AddressInUseException)
                return "the port is in use by another program. Stop that program, or choose another port with --port.";
            if (exception is System.Net.Sockets.SocketException socket) return socket.Message;
        }

        return null;
    }

    /// <summary>Signals are <see cref="Interrupt"/>'s; the host's own handlers would compete with it.</summary>
    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
