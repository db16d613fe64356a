using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using VectorCluster.Client.Http;

namespace VectorCluster.Cli.Tests.Access;

/// <summary>TLS with a throw-away certificate, over a real socket.</summary>
public sealed class TlsTests
{
    [Fact]
    public async Task A_server_with_a_certificate_speaks_TLS_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        var (certificate, settings) = await CertifyAsync(folder);
        await using var server = await ServerProcess.StartWithAsync(folder, null, [], "--settings", settings);
        using var pinned = new SocketsHttpHandler();
        pinned.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) =>
            shown is not null && certificate.GetCertHashString() == shown.GetCertHashString();
        using var http = new HttpClient(pinned) { BaseAddress = server.Address };
        using var client = new VectorClusterHttpClient(http);

        Assert.Equal("https", server.Address.Scheme);
        await client.CreateCollectionAsync("c", CollectionSettings.ForVector(2, DistanceMetric.Dot));
        Assert.Equal(["c"], await client.ListCollectionsAsync());
        await Assert.ThrowsAsync<ShardUnavailableException>(() => server.Client.ListCollectionsAsync()); // not trusted
        using var plain = VectorClusterHttpClient.Connect(new($"http://localhost:{server.Address.Port}"));
        await Assert.ThrowsAsync<ShardUnavailableException>(() => plain.ListCollectionsAsync());
        await AssertVersionAsync(server.Address.Port);
    }

    [Fact]
    public async Task Commands_trust_the_certificates_that_the_environment_names()
    {
        using var folder = new TemporaryFolder();
        var (_, settings) = await CertifyAsync(folder);
        await using var server = await ServerProcess.StartWithAsync(folder, null, [], "--settings", settings);
        string[] command = ["admin", "cluster", "--url", $"https://localhost:{server.Address.Port}"];

        var trusting = await CliProcess.RunAsync(
            folder.State, [("SSL_CERT_FILE", folder.PathOf("tls.crt"))], command);
        var other = await CliProcess.RunAsync(folder.State, command);

        Assert.True(trusting.ExitCode == 0, trusting.Error);
        Assert.Equal(1, other.ExitCode);
    }

    [Fact]
    public async Task A_certificate_that_is_missing_is_told_in_one_line()
    {
        using var folder = new TemporaryFolder();
        var (exitCode, _, error) = await CliProcess.RunAsync(
            folder.State,
            [("Kestrel__Certificates__Default__Path", "/nowhere/tls.pfx")],
            ["serve", "--data", folder.Data, "--port", "0"]);

        Assert.Equal(1, exitCode);
        Assert.Contains("/nowhere/tls.pfx", Assert.Single(error.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    /// <summary>What is negotiated is a version that is safe.</summary>
    private static async Task AssertVersionAsync(int port)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", port);
        await using var tls = new SslStream(socket.GetStream(), leaveInnerStreamOpen: false, (_, _, _, _) => true);
        await tls.AuthenticateAsClientAsync("localhost");

        Assert.True(tls.SslProtocol >= System.Security.Authentication.SslProtocols.Tls12, $"{tls.SslProtocol}");
    }

    /// <returns>The certificate, and the path of settings that name it.</returns>
    private static async Task<(X509Certificate2 Certificate, string Settings)> CertifyAsync(TemporaryFolder folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var (path, keyPath) = (folder.PathOf("tls.crt"), folder.PathOf("tls.key"));
        await File.WriteAllTextAsync(path, certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(keyPath, key.ExportPkcs8PrivateKeyPem());
        var settings = JsonSerializer.Serialize(
            new { Kestrel = new { Certificates = new { Default = new { Path = path, KeyPath = keyPath } } } });
        return (certificate, folder.Write("settings.json", settings));
    }
}
