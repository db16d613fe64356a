using Npgsql;
using VectorCluster.Silo;
using VectorCluster.Storage;
using VectorCluster.Storage.Files;
using VectorCluster.Storage.Postgres;

try
{
    var builder = WebApplication.CreateBuilder(args);
    var settings = SiloSettings.Read(builder.Configuration);
    var stores = settings.Postgres is { } connection
        ? await DatabaseStores.OpenPostgresAsync(new() { ConnectionString = connection }, LeaseKind.Shared)
        : DatabaseStores.OpenFiles(settings.DataDirectory);
    await using (stores.Owner)
    {
        await using var app = SiloHost.Build(builder, settings, stores);
        await app.StartAsync();
        Console.WriteLine($"VectorCluster serves {settings.Where} on {app.Urls.First()}");
        await app.WaitForShutdownAsync();
    }

    return 0;
}
catch (Exception exception) when (exception is SettingsException or DataDirectoryException or PostgresSchemaException
    or MissingKeyException or DatabaseInUseException or NpgsqlException or IOException)
{
    await Console.Error.WriteLineAsync($"vectorcluster-silo: {exception.Message}");
    return 2;
}
