export async function realThings() {}
