using Npgsql;
using VectorCluster.Silo;
using VectorCluster.Storage.Files;
using VectorCluster.Storage.Postgres;

try
{
    var builder = WebApplication.CreateBuilder(args);
    var settings = SiloSettings.Read(builder.Configuration);
    var stores = await SiloStores.OpenAsync(settings);
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
    or MissingKeyException or NpgsqlException or IOException)
{
    await Console.Error.WriteLineAsync($"vectorcluster-silo: {exception.Message}");
    return 2;
}
