namespace NewsPlatform.Notifications.Bulletins;

/// <summary>An ordered log of what is to be told; the number is that of its head in the database.</summary>
public enum Log : short
{
    /// <summary>What readers may know: <see cref="BulletinLog"/>.</summary>
    Public = 1,

    /// <summary>What the trade may know before: the log of what is under embargo.</summary>
    Trade = 2,
}
