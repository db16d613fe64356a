using System.Security.Cryptography;
using Npgsql;
using VectorCluster.Api;
using VectorCluster.Silo;
using VectorCluster.Storage;
using VectorCluster.Storage.Files;
using VectorCluster.Storage.Postgres;

try
{
    var configuration = new ConfigurationManager();
    configuration.AddJsonFile("appsettings.json", optional: true).AddEnvironmentVariables().AddCommandLine(args);
    var settings = SiloSettings.Read(configuration);
    if (!settings.Silo)
    {
        await RunAsync(args, settings, stores: null);
        return 0;
    }

    var stores = settings.Postgres is { } connection
        ? await DatabaseStores.OpenPostgresAsync(
            new() { ConnectionString = connection, Keys = settings.ReadEncryptionKeys() }, LeaseKind.Shared)
        : DatabaseStores.OpenFiles(settings.DataDirectory);
    await using (stores.Owner) await RunAsync(args, settings, stores);
    return 0;
}
catch (Exception exception) when (exception is SettingsException or ApiOptionsException or DataDirectoryException
    or PostgresSchemaException or MissingKeyException or DatabaseInUseException or NpgsqlException or IOException
    or CryptographicException)
{
    await Console.Error.WriteLineAsync($"vectorcluster-silo: {exception.Message}");
    return 2;
}

static async Task RunAsync(string[] args, SiloSettings settings, DatabaseStores? stores)
{
    var host = SiloHost.Build(args, settings, stores);
    await using var disposal = (IAsyncDisposable)host; // some services can't be disposed of otherwise
    await host.StartAsync();
    var where = stores is null ? $"cluster {settings.ClusterId}" : settings.Where;
    var door = host is WebApplication app ? app.Urls.First()
        : $"tcp://{settings.AdvertisedIP ?? "localhost"}:{settings.GatewayPort}"; // for Orleans clients alone
    Console.WriteLine($"VectorCluster serves {where} on {door}");
    await host.WaitForShutdownAsync();
}
