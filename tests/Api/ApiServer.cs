using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using VectorCluster.Client.Http;
using VectorCluster.Embedded;
using VectorCluster.Storage;

namespace VectorCluster.Api.Tests;

/// <summary>A real server: Kestrel on a free port of this machine, a real database in a directory of its own.</summary>
public sealed class ApiServer : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("vectorcluster-api-").FullName;
    private VectorDatabase _database = null!; // set in InitializeAsync, before any test
    private WebApplication _app = null!;

    /// <summary>What the database is opened over, made of the files in a directory of its own.</summary>
    public Func<DatabaseStores, DatabaseStores> Around { get; init; } = stores => stores;

    /// <summary>Null: the defaults, under which everyone may do everything.</summary>
    public ApiOptions? Options { get; init; }

    /// <summary>The API's clock; null: the system's.</summary>
    public TimeProvider? Time { get; init; }

    public Uri Address { get; private set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    public VectorClusterHttpClient Client { get; private set; } = null!;

    /// <summary>The database behind the server, for tests that look at both sides.</summary>
    public IVectorDatabase Database => _database;

    /// <summary>What the server has logged as errors.</summary>
    internal ErrorLog Errors { get; } = new();

    public IServiceProvider Services => _app.Services;

    public async Task InitializeAsync()
    {
        _database = await VectorDatabase.OpenAsync(Around(DatabaseStores.OpenFiles(_directory)));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(Errors).SetMinimumLevel(LogLevel.Error);
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        builder.Services.AddSingleton<IVectorDatabase>(_database);
        builder.Services.AddSingleton(_database.Cluster);
        if (Time is not null) builder.Services.AddSingleton(Time);
        builder.Services.AddVectorClusterApi(Options);
        _app = builder.Build();
        _app.MapVectorClusterApi();
        await _app.StartAsync();
        var addresses = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        Address = new(addresses.Single());
        Http = new() { BaseAddress = Address };
        Client = VectorClusterHttpClient.Connect(Address);
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        Http.Dispose();
        await _app.DisposeAsync();
        await _database.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
