using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace ChatOpsBot.FakeConnector;

/// <summary>A signing key, published or not.</summary>
public sealed class FakeKey : IDisposable
{
    private readonly RSA _rsa = RSA.Create(2048);

    /// <summary>A key of that id.</summary>
    public FakeKey(string id, params string[] endorsements)
    {
        Id = id;
        Endorsements = endorsements;
    }

    /// <summary>Its id.</summary>
    public string Id { get; }

    /// <summary>The channels it may sign for.</summary>
    public string[] Endorsements { get; }

    /// <summary>As it is published.</summary>
    public JsonObject Public()
    {
        var parts = _rsa.ExportParameters(false);
        var key = new JsonObject { ["kty"] = "RSA", ["use"] = "sig", ["kid"] = Id, ["n"] = Base64Url.EncodeToString(parts.Modulus), ["e"] = Base64Url.EncodeToString(parts.Exponent) };
        if (Endorsements.Length > 0)
        {
            key["endorsements"] = new JsonArray([.. Endorsements.Select(one => (JsonNode)one)]);
        }

        return key;
    }

    /// <summary>A token.</summary>
    /// <param name="claims">What it says.</param>
    /// <param name="algorithm"><c>RS256</c>, <c>RS384</c>, <c>none</c>, or <c>HS256</c> keyed with the public key.</param>
    /// <param name="kid">The id that it names instead of its own.</param>
    public string Sign(JsonObject claims, string algorithm = "RS256", string? kid = null)
    {
        var header = new JsonObject { ["typ"] = "JWT", ["alg"] = algorithm, ["kid"] = kid ?? Id };
        var head = $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header.ToJsonString()))}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims.ToJsonString()))}";
        var bytes = Encoding.ASCII.GetBytes(head);
        var seal = algorithm switch
        {
            "RS256" => _rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            "RS384" => _rsa.SignData(bytes, HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1),
            "HS256" => HMACSHA256.HashData(Encoding.ASCII.GetBytes(_rsa.ExportSubjectPublicKeyInfoPem()), bytes),
            _ => [],
        };
        return $"{head}.{Base64Url.EncodeToString(seal)}";
    }

    /// <inheritdoc/>
    public void Dispose() => _rsa.Dispose();
}
