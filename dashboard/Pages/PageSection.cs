using OrleansPool.Dashboard.Watching;

namespace OrleansPool.Dashboard.Pages;

/// <summary>A part of the page that changes by itself. The server sends it under its id.</summary>
/// <param name="Id">Its id in the document, and the name of its events.</param>
/// <param name="Title">Its heading; none where the part speaks for itself.</param>
/// <param name="Render">Turns a picture into its markup.</param>
internal sealed record PageSection(string Id, string? Title, Func<FabricSnapshot, Html> Render);
