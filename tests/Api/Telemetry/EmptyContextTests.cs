using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace VectorCluster.Api.Tests.Telemetry;

/// <summary>What a request carries from one of its continuations to the next, under the telemetry that hosts set
/// up.</summary>
public sealed class EmptyContextTests
{
    // Goal: a request that nobody watches carries nothing; where it has an activity, logs show its trace. Method: log
    // within a request, with and without one, and look at what the log was given besides.
    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public async Task A_request_carries_its_trace_and_nothing_else(bool isTraced, int scopes)
    {
        using var log = new ScopeLog();
        var builder = WebApplication.CreateSlimBuilder();
        builder.AddVectorClusterTelemetry(new());
        builder.Logging.ClearProviders().AddProvider(log);
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        await using var app = builder.Build();
        var current = default(Activity);
        app.MapGet("/", (ILogger<EmptyContextTests> logger) =>
        {
            current = Activity.Current;
            using var activity = isTraced ? new Activity("request").Start() : null;
            logger.LogError("seen");
        });
        await app.StartAsync();
        using var http = new HttpClient();

        await http.GetAsync(new Uri(app.Urls.Single()));

        Assert.Null(current);
        var seen = Assert.Single(log.Scopes, entry => entry.Message == "seen").Scopes;
        Assert.Equal(scopes, seen.Count);
        Assert.All(seen, scope => Assert.Contains("TraceId", scope, StringComparison.Ordinal));
    }

    private sealed class ScopeLog : ILoggerProvider, ILogger, ISupportExternalScope
    {
        private IExternalScopeProvider _scopes = null!; // set by the factory, before anything is logged

        public ConcurrentQueue<(string Message, IReadOnlyList<string> Scopes)> Scopes { get; } = new();

        public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            var seen = new List<string>();
            _scopes.ForEachScope((scope, list) => list.Add($"{scope}"), seen);
            Scopes.Enqueue((formatter(state, exception), seen));
        }

        public void Dispose()
        {
            // Nothing is held but memory.
        }
    }
}
