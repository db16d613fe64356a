using System.Net;
using VectorCluster.Embedded.Tests;

namespace VectorCluster.Api.Tests.Access;

/// <summary>Keys and the keys of tokens come and go by their files while the server runs, on a clock that is moved by
/// hand: it looks at the files when the clock says so, on the mover's thread.</summary>
public sealed class KeyRotationTests : IAsyncLifetime
{
    private const string FirstSecret = "the first secret, which is to be replaced";
    private const string SecondSecret = "the second secret, which stays from then on";

    private readonly ManualTime _time = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("vectorcluster-keys-").FullName;
    private readonly (string First, string Second) _keys = (ApiKey.Create(), ApiKey.Create());
    private ApiServer _server = null!; // set in InitializeAsync

    private string KeysFile => Path.Join(_folder, "keys.json");

    private string SecretFile => Path.Join(_folder, "secret");

    public async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(KeysFile, Entries(_keys.First));
        await File.WriteAllTextAsync(SecretFile, FirstSecret);
        _server = new()
        {
            Time = _time,
            Options = new()
            {
                Access = new()
                {
                    KeysFile = KeysFile,
                    Jwt = new() { Keys = [new() { Algorithm = "HS256", SecretFile = SecretFile }] },
                },
            },
        };
        await _server.InitializeAsync();
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_new_key_works_beside_the_old_one_and_a_removed_one_stops_working()
    {
        await AssertAsync(HttpStatusCode.OK, HttpStatusCode.Unauthorized);

        Change(KeysFile, Entries(_keys.First, _keys.Second));
        await AssertAsync(HttpStatusCode.OK, HttpStatusCode.OK);

        Change(KeysFile, Entries(_keys.Second));
        await AssertAsync(HttpStatusCode.Unauthorized, HttpStatusCode.OK);

        Change(KeysFile, "[]"); // all keys are gone; the door does not open for everyone
        await AssertAsync(HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized);
        Assert.Empty(_server.Errors);
    }

    [Theory]
    [InlineData("[{\"Name\": \"half wri")]
    [InlineData("[null]")]
    [InlineData("""[{"Name": "n", "Hash": "sha256:12", "Role": "admin"}]""")]
    [InlineData(null)] // the file is gone
    public async Task A_file_that_can_not_be_used_leaves_the_keys_and_is_told_once(string? text)
    {
        if (text is null) File.Delete(KeysFile);
        else await File.WriteAllTextAsync(KeysFile, text);
        Advance();
        Advance();
        Advance();

        await AssertAsync(HttpStatusCode.OK, HttpStatusCode.Unauthorized);
        Assert.Contains(KeysFile, Assert.Single(_server.Errors), StringComparison.Ordinal);

        Change(KeysFile, Entries(_keys.Second));
        await AssertAsync(HttpStatusCode.Unauthorized, HttpStatusCode.OK);
        Assert.Single(_server.Errors);
    }

    // Goal: Kubernetes' way of changing a mounted secret. Method: keys.json leads through a link to a folder, and the
    // link is swapped for one to another folder.
    [Fact]
    public async Task A_folder_that_is_swapped_by_a_link_counts()
    {
        var (old, next, link) =
            (Path.Join(_folder, "1"), Path.Join(_folder, "2"), Path.Join(_folder, "current"));
        foreach (var (folder, key) in new[] { (old, _keys.First), (next, _keys.Second) })
        {
            Directory.CreateDirectory(folder);
            await File.WriteAllTextAsync(Path.Join(folder, "keys.json"), Entries(key));
        }

        Directory.CreateSymbolicLink(link, old);
        File.Delete(KeysFile);
        File.CreateSymbolicLink(KeysFile, Path.Join(link, "keys.json"));
        Advance();
        await AssertAsync(HttpStatusCode.OK, HttpStatusCode.Unauthorized);

        Directory.Delete(link); // the link alone
        Directory.CreateSymbolicLink(link, next);
        Advance();
        await AssertAsync(HttpStatusCode.Unauthorized, HttpStatusCode.OK);
        Assert.Empty(_server.Errors);
    }

    [Fact]
    public async Task Tokens_of_a_new_secret_are_accepted_and_those_of_the_old_one_are_not()
    {
        var claims = LockedServer.Claims();
        claims["exp"] = _time.GetUtcNow().AddHours(1).ToUnixTimeSeconds();
        var (first, second) =
            (TestToken.WithSecret(FirstSecret, claims), TestToken.WithSecret(SecondSecret, claims));
        await AssertAsync(HttpStatusCode.OK, HttpStatusCode.Unauthorized, first, second);

        Change(SecretFile, "too short");
        await AssertAsync(HttpStatusCode.OK, HttpStatusCode.Unauthorized, first, second);
        Assert.Contains("Access:Jwt:Keys:0", Assert.Single(_server.Errors), StringComparison.Ordinal);

        Change(SecretFile, SecondSecret);
        await AssertAsync(HttpStatusCode.Unauthorized, HttpStatusCode.OK, first, second);
    }

    private static string Entries(params string[] keys) => "[" + string.Join(
        ',', keys.Select(key => $$"""{"Name": "k", "Hash": "{{ApiKey.HashOf(key)}}", "Role": "admin"}""")) + "]";

    private void Advance() => _time.Advance(CredentialFiles.Interval);

    private void Change(string file, string text)
    {
        File.WriteAllText(file, text);
        Advance();
    }

    private Task AssertAsync(HttpStatusCode first, HttpStatusCode second) =>
        AssertAsync(first, second, _keys.First, _keys.Second);

    private async Task AssertAsync(
        HttpStatusCode first, HttpStatusCode second, string firstCredential, string secondCredential)
    {
        Assert.Equal(
            (first, second), (await AskAsync(firstCredential), await AskAsync(secondCredential)));
    }

    private async Task<HttpStatusCode> AskAsync(string credential)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "collections");
        request.Headers.Add("api-key", credential);
        using var answer = await _server.Http.SendAsync(request);
        return answer.StatusCode;
    }
}
