using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace VectorCluster.Api.Tests.Access;

/// <summary>Settings that can't be used are refused at the start, by a message that names them.</summary>
public sealed class AccessOptionsTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    private static ApiKeyOptions Good { get; } = new() { Name = "n", Hash = ApiKey.HashOf("k"), Role = "write" };

    public void Dispose() => File.Delete(_file);

    public static TheoryData<ApiOptions, string> Wrong => new()
    {
        { Keys(Good with { Name = " " }), "Access:Keys:0" },
        { Keys(Good, Good with { Hash = "sha256:12" }), "Access:Keys:1" },
        { Keys(Good with { Hash = ApiKey.Create() }), "Hash" },
        { Keys(Good with { Role = "Admin" }), "'Admin'" },
        { Keys(Good with { RequestsPerSecond = -1 }), "RequestsPerSecond" },
        { new() { Access = new() { KeysFile = "/nowhere/keys.json" } }, "/nowhere/keys.json" },
        { Tokens(new() { Algorithm = "HS256", Secret = "short" }), "5 bytes" },
        { Tokens(new() { Algorithm = "HS256" }), "Secret" },
        { Tokens(new() { Algorithm = "none" }), "'none'" },
        { Tokens(new() { Algorithm = "RS256", PublicKey = "not PEM" }), "Access:Jwt:Keys:0" },
        { new() { Limits = new() { MaxBodyBytes = 10 } }, "Limits:MaxBodyBytes" },
        { new() { Limits = new() { RequestsPerSecond = double.NaN } }, "Limits:RequestsPerSecond" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_setting_that_can_not_be_used_is_named(ApiOptions options, string expected)
    {
        var refusal = Assert.Throws<ApiOptionsException>(() => new ServiceCollection().AddVectorClusterApi(options));

        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[null]")]
    [InlineData("""[{"Name":"n","Hsah":"x","Role":"write"}]""")]
    [InlineData("""[{"Name":"n","Hash":"x","Role":"write"}]""")]
    public void A_keys_file_that_can_not_be_used_is_named(string text)
    {
        File.WriteAllText(_file, text);

        var refusal = Assert.Throws<ApiOptionsException>(() => new AccessOptions { KeysFile = _file }.ReadKeys());

        Assert.Contains(_file, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_keys_file_adds_keys()
    {
        var key = ApiKey.Create();
        File.WriteAllText(
            _file,
            $$"""[{"Name":"of file","Hash":"{{ApiKey.HashOf(key)}}","Role":"read-only","Namespaces":["a"]}]""");

        var keys = new ApiKeys(
            new AccessOptions { Keys = [Good], KeysFile = _file }.ReadKeys(),
            requestsPerSecond: 0,
            TimeProvider.System);

        Assert.Equal(AccessRole.Write, keys.Find("k")!.Role);
        Assert.Equal(AccessRole.ReadOnly, keys.Find(key)!.Role);
        Assert.False(keys.Find(key)!.SeesNamespace("b"));
        Assert.Null(keys.Find(ApiKey.HashOf(key)));
    }

    [Fact]
    public void Without_keys_only_loopback_is_listened_on_unless_told_otherwise()
    {
        var kestrel = new ConfigurationBuilder().Build();
        var keys = Keys(Good).Access;

        Assert.Throws<ApiOptionsException>(() => ApiDoor.Check(new(), kestrel, "0.0.0.0", isLoopback: false));
        ApiDoor.Check(new(), kestrel, "127.0.0.1", isLoopback: true);
        ApiDoor.Check(keys, kestrel, "0.0.0.0", isLoopback: false);
        ApiDoor.Check(new() { AllowWithoutKeys = true }, kestrel, "0.0.0.0", isLoopback: false);
    }

    [Fact]
    public void Kestrel_can_not_be_told_to_listen_elsewhere()
    {
        var kestrel = new ConfigurationBuilder()
            .AddInMemoryCollection([new("Endpoints:All:Url", "http://0.0.0.0:80")]).Build();

        Assert.Throws<ApiOptionsException>(() => ApiDoor.Check(new(), kestrel, "127.0.0.1", isLoopback: true));
    }

    [Fact]
    public void A_key_has_256_random_bits_and_no_two_are_alike()
    {
        var keys = Enumerable.Range(0, 1_000).Select(_ => ApiKey.Create()).ToList();

        Assert.All(keys, key => Assert.Matches("^vck_[A-Za-z0-9_-]{43}$", key));
        Assert.Equal(keys.Count, keys.Distinct(StringComparer.Ordinal).Count());
    }

    private static ApiOptions Keys(params ApiKeyOptions[] keys) => new() { Access = new() { Keys = keys } };

    private static ApiOptions Tokens(JwtKeyOptions key) => new() { Access = new() { Jwt = new() { Keys = [key] } } };
}
