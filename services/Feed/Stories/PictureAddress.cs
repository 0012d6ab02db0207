using NewsPlatform.Contracts;

namespace NewsPlatform.Feed.Stories;

/// <summary>Where a story's picture is; one that is only known to exist is drawn under an address of the portal's own.</summary>
public static class PictureAddress
{
    public static string Of(LineItem item) => Of(item.Media.Picture, item.Category, item.Id);

    public static string Of(MediaItem? picture, string category, Guid id) => picture?.Url ?? $"/pictures/{category}/{id}.svg";
}
