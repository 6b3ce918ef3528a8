using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace OrleansPool.Dashboard.Assets;

/// <summary>A file that the page needs, out of this assembly: nothing is fetched from elsewhere, and no folder has to be deployed.</summary>
internal sealed class EmbeddedAsset
{
    private readonly byte[] _content;
    private readonly string _type;
    private readonly EntityTagHeaderValue _tag;

    private EmbeddedAsset(string name, string type)
    {
        using Stream stream = typeof(EmbeddedAsset).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not embedded in this assembly.");
        _content = new byte[stream.Length];
        stream.ReadExactly(_content);
        _type = type;
        string hash = Convert.ToHexStringLower(SHA256.HashData(_content))[..16];
        _tag = new EntityTagHeaderValue($"\"{hash}\"");
        Name = name;
        Address = $"/pool/{name}?v={hash}";
    }

    public static EmbeddedAsset Style { get; } = new("pool.css", "text/css; charset=utf-8");

    public static EmbeddedAsset Script { get; } = new("pool.js", "text/javascript; charset=utf-8");

    public static EmbeddedAsset Icon { get; } = new("pool.svg", "image/svg+xml");

    public static IReadOnlyList<EmbeddedAsset> All { get; } = [Style, Script, Icon];

    public string Name { get; }

    /// <summary>Where the page finds it: another content, another address, so it may be kept for good.</summary>
    public string Address { get; }

    public IResult Serve(HttpContext context)
    {
        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return Results.Bytes(_content, _type, entityTag: _tag);
    }
}
