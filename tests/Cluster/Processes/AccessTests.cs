using System.Net;
using System.Net.Http.Headers;
using System.Text;
using VectorCluster.Api;
using VectorCluster.Client.Http;

namespace VectorCluster.Cluster.Tests.Processes;

/// <summary>A silo's HTTP API asks for keys as any other host of it. What keys allow: tests/Api.</summary>
public sealed class AccessTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("vectorcluster-").FullName;
    private readonly string _key = ApiKey.Create();

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_silo_with_keys_serves_only_those_who_have_one()
    {
        await using var silo = await SiloProcess.StartWithKeyAsync(
            _key,
            [
                ("DataDirectory", _directory), ("Dashboard", "true"), ("HttpAddress", "0.0.0.0"),
                .. Key(0, _key, "admin"), .. Key(1, "the second key of this server", "read-only"),
            ]);
        var address = new Uri($"http://127.0.0.1:{silo.Address.Port}");
        using var nobody = VectorClusterHttpClient.Connect(address);
        using var reader = VectorClusterHttpClient.Connect(address, "the second key of this server");

        await silo.Http.CreateCollectionAsync("c", CollectionSettings.ForVector(1, DistanceMetric.Euclidean));
        Assert.Equal(["c"], await reader.ListCollectionsAsync());
        var unknown = await Assert.ThrowsAsync<AccessDeniedException>(() => nobody.ListCollectionsAsync());
        var forbidden = await Assert.ThrowsAsync<AccessDeniedException>(() => reader.DeleteCollectionAsync("c"));
        Assert.Equal(
            (ErrorCodes.Unauthenticated, ErrorCodes.Forbidden), (unknown.Code, forbidden.Code));
        await AssertDashboardAsync(address);
    }

    [Fact]
    public async Task Without_keys_a_silo_does_not_listen_where_others_reach_it()
    {
        var (exitCode, error) = await SiloProcess.RunAsync(
            ("DataDirectory", _directory), ("HttpPort", "0"), ("HttpAddress", "0.0.0.0"));

        Assert.Equal(2, exitCode);
        Assert.Contains("Access:AllowWithoutKeys", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Access__Keys__0__Rule", "admin")]
    [InlineData("Access__Keys__0__Role", "owner")]
    [InlineData("Kestrel__Endpoints__All__Url", "http://0.0.0.0:25001")]
    public async Task A_setting_that_can_not_be_used_is_told(string key, string value)
    {
        var (exitCode, error) = await SiloProcess.RunAsync(
            ("DataDirectory", _directory), ("HttpPort", "0"), (key, value));

        Assert.Equal(2, exitCode);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    private async Task AssertDashboardAsync(Uri address)
    {
        using var http = new HttpClient { BaseAddress = address };
        var page = new Uri("dashboard/", UriKind.Relative);
        using var refused = await http.GetAsync(page);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.StartsWith("Basic ", refused.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);

        var password = Convert.ToBase64String(Encoding.UTF8.GetBytes($"me:{_key}"));
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", password);
        using var shown = await http.GetAsync(page);
        Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
        using var api = await http.GetAsync(new Uri("collections", UriKind.Relative)); // not there
        Assert.Equal(HttpStatusCode.Unauthorized, api.StatusCode);
    }

    private static (string, string)[] Key(int index, string key, string role) =>
    [
        ($"Access__Keys__{index}__Name", $"key {index}"),
        ($"Access__Keys__{index}__Hash", ApiKey.HashOf(key)),
        ($"Access__Keys__{index}__Role", role),
    ];
}
