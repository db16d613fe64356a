using System.Net;
using Orleans.Dashboard;
using VectorCluster.Api;
using VectorCluster.Grains;
using VectorCluster.Storage;

namespace VectorCluster.Silo;

/// <summary>One process: an Orleans silo, the HTTP API, or both.</summary>
/// <remarks>The API listens once the silo is a member of its cluster, or the client has found one. Stopping goes from
/// the outside in: no new connections, running requests finish, the silo checkpoints its shards and leaves. Before all
/// that it hands its shards to the others (<see cref="DrainBeforeStop"/>).</remarks>
internal static class SiloHost
{
    private const string DashboardPath = "/dashboard";

    /// <summary>What stopping may take after the silo has drained.</summary>
    private static readonly TimeSpan ClosingTime = TimeSpan.FromMinutes(2);

    /// <param name="stores">Null: not a silo.</param>
    public static IHost Build(string[] args, SiloSettings settings, DatabaseStores? stores)
    {
        if (!settings.Api)
        {
            var headless = Host.CreateApplicationBuilder(args);
            AddDatabase(headless, settings, stores);
            return headless.Build();
        }

        var builder = WebApplication.CreateBuilder(args);
        AddDatabase(builder, settings, stores);
        var kestrel = builder.Configuration.GetSection(ApiDoor.KestrelSection);
        builder.WebHost.ConfigureKestrel(server =>
        {
            server.AddServerHeader = false;
            server.Listen(IPAddress.Parse(settings.HttpAddress), settings.HttpPort, ApiDoor.SetUpOf(kestrel));
        });
        builder.Services.AddVectorClusterApi(settings.ApiOptions);
        var app = builder.Build();
        app.MapVectorClusterApi();
        if (settings.Dashboard) app.MapOrleansDashboard(DashboardPath).RequireVectorClusterAdmin();
        return app;
    }

    private static void AddDatabase(IHostApplicationBuilder builder, SiloSettings settings, DatabaseStores? stores)
    {
        builder.AddVectorClusterTelemetry(settings.Telemetry);
        builder.Logging.AddFilter("Orleans", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Services.AddSingleton(settings);
        if (stores is null)
        {
            builder.UseOrleansClient(client => Membership.Join(client, settings).AddVectorClusterOperator());
            return;
        }

        builder.UseOrleans(silo =>
        {
            Membership.Join(silo, settings).AddVectorCluster(stores.Catalogue, stores.Shards, settings.ClusterOptions);
            if (settings.Dashboard) silo.AddDashboard();
        });
        builder.Services.AddHostedService<DrainBeforeStop>();
        if (settings.Telemetry.SlowSearch > TimeSpan.Zero) builder.Services.AddHostedService<SlowSearchReports>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = settings.DrainTimeout + ClosingTime);
        builder.Services.AddSingleton<IVectorDatabase>(services => services.GetRequiredService<ClusterDatabase>());
    }
}
